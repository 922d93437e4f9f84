using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Adds named losses, each with its own weight, such as Dice and cross-entropy.</summary>
/// <remarks>
/// The batch's loss is the sum of the parts' losses. When every part has rows, so has the sum: a row's value is its share of the batch's loss, which
/// without class weights and missing targets is the sum of the parts' means over that row. To see each part in the History, name them in Options.Losses
/// instead. Dice with cross-entropy: Isensee et al., "nnU-Net", 2021.
/// </remarks>
public sealed record LossCombined : LossBase
{
    /// <summary>Gets the parts: at least one, each name once.</summary>
    /// <exception cref="ArgumentException">There is no part, or a name is empty or there twice.</exception>
    public required ValueList<NamedLoss> Losses { get; init => field = Checked(value); }

    /// <inheritdoc/>
    [JsonIgnore]
    public override Activation Link => Leading?.Loss.Link ?? Activation.None;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string? PredictionKey => Leading?.Loss.PredictionKey;

    // The sum's link is the one that its parts agree on.
    private NamedLoss? Leading
    {
        get
        {
            NamedLoss[] linked = [.. Losses.Where(part => part.Loss.PredictionKey is not null && part.Loss.Link != Activation.None)
                .DistinctBy(part => (part.Loss.PredictionKey, part.Loss.Link))];
            return linked.Length == 1 ? linked[0] : null;
        }
    }

    internal override bool DependsOnBatch => Losses.Count > 1;

    internal override string? WhyNotRowByRow() => Losses.Select(part => part.Loss.WhyNotRowByRow()).FirstOrDefault(reason => reason is not null)
        ?? (Leading is null && Losses.Any(part => part.Loss.Link != Activation.None)
            ? "its parts read several predictions, and one scoreKind cannot say what each holds; append each part by a stage of its own" : null);

    internal override string? WhyNotSavable() => base.WhyNotSavable()
        ?? Losses.Select(part => NestedLoss.WhyNotSavable(part.Loss) is { } reason ? $"in its part '{part.Name}' {reason}" : null).FirstOrDefault(reason => reason is not null);

    /// <inheritdoc/>
    protected internal override nn.Module BuildModule() => new LossParts(Losses);

    /// <inheritdoc/>
    protected internal override LossTerms Compute(BatchDict batch, nn.Module? module)
    {
        ArgumentNullException.ThrowIfNull(batch);
        LossTerms[] parts = [.. Losses.Select((part, index) => WholeRows(Part(part, batch, (module as LossParts)?[index]), batch.RowCount))];
        if (parts.Length == 1)
            return parts[0];
        // Each part has a sum of weights of its own, which example weights change.
        Tensor? examples = LossReduction.ExampleWeights(batch);
        if (examples is not null || parts.Any(part => part.Values.dim() == 0 || part.Values.shape[0] != parts[0].Values.shape[0]))
            return Scalar(parts, batch, examples);
        Tensor? valid = parts.Any(part => part.Weights is null) ? null
            : parts.Select(part => RowTerms.PerRow(part.Weights!).gt(0)).Aggregate((left, right) => left.logical_or(right)).to(parts[0].Values.dtype);
        Tensor rows = valid?.sum() ?? full([], (double)parts[0].Values.shape[0], dtype: parts[0].Values.dtype, device: parts[0].Values.device);
        return new(parts.Select(part => Shares(part, rows)).Aggregate((left, right) => left + right), valid);
    }

    private static LossTerms Part(NamedLoss part, BatchDict batch, nn.Module? module)
    {
        try
        {
            return NestedLoss.Compute(part.Loss, batch, module);
        }
        catch (ArgumentException error)
        {
            throw new ArgumentException($"its part '{part.Name}' ({part.Loss.GetType().Name}) failed: {NativeErrors.FirstLine(error)}", error);
        }
    }

    // A part that left rows out gets them back, weighing nothing.
    private static LossTerms WholeRows(LossTerms part, long count)
    {
        if (part.Rows is not { } rows || part.Values.dim() == 0)
            return part;
        Tensor values = part.Values.dim() > 1 ? part.Values.flatten(1) : part.Values;
        long[] shape = [count, .. values.shape[1..]];
        Tensor weights = part.Weights?.reshape(values.shape) ?? ones_like(values);
        return new(zeros(shape, values.dtype, values.device).index_copy(0, rows, values), zeros(shape, values.dtype, values.device).index_copy(0, rows, weights));
    }

    private static LossTerms Scalar(LossTerms[] parts, BatchDict batch, Tensor? examples)
    {
        LossValue[] values = [.. parts.Select(part => LossReduction.Mean(part, batch, examples))];
        return new(values.Select(value => value.Value).Aggregate((left, right) => left + right), RowCount: batch.RowCount) { IsReduced = true, ReducedRows = values.Max(value => value.Rows) };
    }

    // Each row's share, scaled so that the mean over the rows is the part's weighted mean.
    private static Tensor Shares(LossTerms part, Tensor rows)
    {
        if (part.Weights is not { } weights)
            return part.Values.dim() > 1 ? part.Values.flatten(1).mean([1]) : part.Values;
        Tensor total = weights.sum();
        return RowTerms.PerRow(part.Values * weights) * (rows / total.where(total.gt(0), ones_like(total)));
    }

    private static ValueList<NamedLoss> Checked(ValueList<NamedLoss> losses)
    {
        ArgumentNullException.ThrowIfNull(losses);
        bool isNamed = losses.Count > 0 && losses.All(part => part?.Loss is not null && !string.IsNullOrEmpty(part.Name) && !part.Name.Contains('.', StringComparison.Ordinal));
        return isNamed && losses.DistinctBy(part => part.Name).Count() == losses.Count ? losses
            : throw new ArgumentException($"{nameof(LossCombined)} needs at least one loss, and each a name of its own without dots.", nameof(losses));
    }
}
