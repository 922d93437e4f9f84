namespace Fuse.MLNet;

/// <summary>Looks at the first training batch of a run for the usual mistakes, and warns of each, with what to do, in <c>MLContext.Log</c>.</summary>
/// <remarks>
/// There by itself. It changes nothing of the run. After FluxTraining's <c>SanityCheck</c>. The checks: <c>finite_inputs</c>, no NaN or infinite value;
/// <c>varying_inputs</c>, rows that differ; <c>input_scale</c>, a mean and a standard deviation of at most 100; <c>label_range</c>, class indices that the
/// logits have; <c>gradients</c>, one for every parameter that is not frozen; <c>dead_output</c>, predictions that differ between rows;
/// <c>start_loss</c>, a cross-entropy that is not far above ln(C), that of guessing among C classes.
/// </remarks>
public sealed class SanityCheck : Callback
{
    private static readonly string[] Names = ["finite_inputs", "varying_inputs", "input_scale", "label_range", "gradients", "dead_output", "start_loss"];
    private bool _hasInputProblem;
    private bool _startsAtZero;

    /// <summary>Gets the names of checks to leave out. Default: none.</summary>
    /// <exception cref="ArgumentException">There is no such check; the message names the closest.</exception>
    public IReadOnlyList<string> Skip { get; init => field = Known(value); } = [];

    /// <inheritdoc/>
    public override void OnFitStart(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        // A last layer that starts at zero gives all rows the same output at first, on purpose.
        _startsAtZero = context.Module.named_parameters().Any(pair => pair.parameter.requires_grad && !pair.name.EndsWith("bias", StringComparison.Ordinal) && pair.parameter.eq(0).all().IsTrue());
        _hasInputProblem = false;
    }

    /// <inheritdoc/>
    public override void OnTrainBatchStart(TrainingContext context, BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(batch);
        if (context.EpochsDone > 0 || context.BatchesDone > 0)
            return;
        using var noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        string[] keys = [.. context.InputKeys.Where(key => batch.TryGet<Tensor>(key, out _)).Order(StringComparer.Ordinal)];
        foreach (string key in keys)
            Warn(context, BatchProblems.OfInput(key, batch[key], batch.RowCount, isOnly: keys.Length == 1), ref _hasInputProblem);
    }

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(batch);
        if (context.EpochsDone > 0 || context.BatchesDone != 1)
            return;
        batch = Alive(batch);
        using var noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        var losses = CheckedLoss.Of(context.Module);
        bool any = false;
        Warn(context, BatchProblems.OfLabels(batch, losses), ref any);
        Warn(context, GradientProblems.Of(context.Module), ref any);
        // Rows that are alike have outputs that are.
        if (!_hasInputProblem && !_startsAtZero)
            Warn(context, BatchProblems.OfOutputs(batch, losses), ref any);
        Warn(context, BatchProblems.OfLosses(batch, losses), ref any);
    }

    // A step with a dispose scope of its own frees what it added to the batch.
    private static BatchDict Alive(BatchDict batch)
    {
        BatchDict alive = batch.Copy();
        foreach (string key in batch.Where(pair => pair.Value is Tensor { IsInvalid: true }).Select(pair => pair.Key))
            alive.Remove(key);
        return alive;
    }

    private void Warn(TrainingContext context, IEnumerable<SanityProblem> problems, ref bool any)
    {
        foreach (SanityProblem problem in problems)
        {
            any = true;
            if (!Skip.Contains(problem.Check))
                context.Warning($"Sanity check '{problem.Check}': {problem.Text}");
        }
    }

    private static string[] Known(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return names.FirstOrDefault(name => !Names.Contains(name)) is { } unknown
            ? throw new ArgumentException($"There is no sanity check '{unknown}' to leave out. {ClosestName.Hint(unknown, Names)}", nameof(names)) : [.. names];
    }
}
