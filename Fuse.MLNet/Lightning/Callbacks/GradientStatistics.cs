using System.Runtime.InteropServices;

namespace Fuse.MLNet;

/// <summary>Logs the norm of all gradients together before each optimizer step: <c>gradients.norm</c>, its mean over the epoch, and <c>gradients.norm_max</c>, the largest.</summary>
/// <remarks>
/// The norm is the Euclidean one, of the gradients that the step takes: summed up over batches, and clipped if the options say so. skorch's
/// <c>SkorchDoctor</c>, Lightning's <c>grad_norm</c>. Each step reads it from the device once.
/// </remarks>
public sealed class GradientStatistics : Callback
{
    private KeyValuePair<string, Parameter>[] _parameters = [];
    private Tensor[] _before = [];
    private bool _isStepping;

    /// <summary>Gets whether <c>gradients.&lt;part&gt;.norm</c> is logged too, for each top-level part of the network. Default: false.</summary>
    public bool PerPart { get; init; }

    /// <summary>
    /// Gets whether <c>updates.ratio</c> is logged too: the norm of the weights' change in a batch's steps divided by the norm of the weights, its mean over the
    /// epoch. About 1e-3 is usual. It takes the memory of one more copy of the weights. Default: false.
    /// </summary>
    public bool UpdateRatio { get; init; }

    /// <inheritdoc/>
    public override void OnFitStart(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _parameters = [.. context.Module.named_parameters().Where(pair => pair.parameter.requires_grad)
            .Select(pair => KeyValuePair.Create(context.Module.UserName(pair.name).Split('.')[0], pair.parameter))];
        (_before, _isStepping) = ([], false);
    }

    /// <inheritdoc/>
    public override void OnBeforeOptimizerStep(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        (string Part, Tensor Gradient)[] gradients = [.. _parameters.Select(pair => (pair.Key, pair.Value.grad)).Where(pair => pair.grad is not null).Select(pair => (pair.Key, pair.grad!))];
        float[] norms = Norms(gradients.Select(pair => pair.Gradient));
        double norm = Together(norms);
        context.LogMean("gradients.norm", norm);
        context.LogMaximum("gradients.norm_max", norm);
        if (PerPart)
            foreach (IGrouping<string, float> part in gradients.Zip(norms).GroupBy(pair => pair.First.Part, pair => pair.Second))
                context.LogMean($"gradients.{part.Key}.norm", Together(part));
        // A batch of manual optimization may have several steps.
        if (UpdateRatio && !_isStepping)
            Remember();
    }

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!_isStepping)
            return;
        _isStepping = false;
        using var noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        double weights = Together(Norms(_before));
        if (weights > 0)
            context.LogMean("updates.ratio", Together(Norms(_parameters.Zip(_before).Select(pair => pair.First.Value - pair.Second))) / weights);
    }

    /// <inheritdoc/>
    public override void OnFitEnd(TrainingContext context) => Free();

    /// <inheritdoc/>
    public override void OnException(TrainingContext context, Exception error) => Free();

    private void Remember()
    {
        if (_before.Length == 0)
            _before = [.. _parameters.Select(pair => pair.Value.detach().clone().DetachFromDisposeScope())];
        else
            foreach ((KeyValuePair<string, Parameter> pair, Tensor before) in _parameters.Zip(_before))
                before.copy_(pair.Value);
        _isStepping = true;
    }

    private void Free()
    {
        foreach (Tensor before in _before)
            before.Dispose();
        (_before, _parameters) = ([], []);
    }

    /// <summary>Computes the norm of each tensor, all read from the device at once.</summary>
    private static float[] Norms(IEnumerable<Tensor> tensors)
    {
        Tensor[] norms = [.. tensors.Select(value => value.to(ScalarType.Float32).norm())];
        return norms.Length == 0 ? [] : MemoryMarshal.Cast<byte, float>(stack(norms).cpu().bytes).ToArray();
    }

    private static double Together(IEnumerable<float> norms) => Math.Sqrt(norms.Sum(norm => (double)norm * norm));
}
