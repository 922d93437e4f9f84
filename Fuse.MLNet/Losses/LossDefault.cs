using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Makes a loss of any function or TorchSharp loss module of a prediction and a target.</summary>
/// <remarks>
/// FuseMedML's <c>LossDefault</c>. Rows whose target <c>[N]</c> or <c>[N, 1]</c> is missing (class index -100, or NaN) are left out before the function
/// is called; without any row left it is not called, and the loss is 0. The function may return a scalar, its own mean, or one value a row or element,
/// <c>[N, ...]</c>, which is then averaged. A function that broadcasts <c>[N, 1]</c> against <c>[N]</c> is refused. Tensors that a TorchSharp loss module holds without registering them, such as the weights of
/// <c>nn.CrossEntropyLoss</c>, do not move to the device.
/// </remarks>
public sealed record LossDefault : LossBase
{
    private static readonly ConditionalWeakTable<object, object> Checked = [];

    /// <summary>Makes a loss of a function, such as <c>(p, t) => nn.functional.mse_loss(p, t)</c>.</summary>
    /// <param name="callable">Computes the loss from prediction and target.</param>
    /// <param name="pred">The batch key of the prediction.</param>
    /// <param name="target">The batch key of the target.</param>
    /// <param name="weight">The factor of this loss in the total.</param>
    public LossDefault(Func<Tensor, Tensor, Tensor> callable, string pred, string target, double weight = 1)
        : this(pred, target, weight)
    {
        ArgumentNullException.ThrowIfNull(callable);
        Callable = callable;
    }

    /// <summary>Makes a loss of a function that builds a loss module; each <c>Fit</c> builds its own, whose parameters and buffers train with the model.</summary>
    /// <param name="module">Builds the module, such as <c>() => nn.CrossEntropyLoss(weight: classWeights)</c>.</param>
    /// <param name="pred">The batch key of the prediction.</param>
    /// <param name="target">The batch key of the target.</param>
    /// <param name="weight">The factor of this loss in the total.</param>
    public LossDefault(Func<nn.Module<Tensor, Tensor, Tensor>> module, string pred, string target, double weight = 1)
        : this(pred, target, weight)
    {
        ArgumentNullException.ThrowIfNull(module);
        Module = module;
    }

    /// <summary>Makes a loss of a loss module that has no state, such as <c>nn.MSELoss()</c>.</summary>
    /// <param name="module">The module; the caller keeps it, and every run calls it.</param>
    /// <param name="pred">The batch key of the prediction.</param>
    /// <param name="target">The batch key of the target.</param>
    /// <param name="weight">The factor of this loss in the total.</param>
    /// <exception cref="ArgumentException">The module has parameters or buffers, which each run must build anew.</exception>
    public LossDefault(nn.Module<Tensor, Tensor, Tensor> module, string pred, string target, double weight = 1)
        : this(pred, target, weight)
    {
        ArgumentNullException.ThrowIfNull(module);
        if (module.parameters().Any() || module.buffers().Any())
            throw new ArgumentException($"The loss module {module.GetType().Name} has parameters or buffers, which every Fit must build anew; " +
                $"give a function that builds it, new {nameof(LossDefault)}(() => new {module.GetType().Name}(...), ...).", nameof(module));
        Callable = module.call;
    }

    private LossDefault(string pred, string target, double weight)
    {
        ArgumentException.ThrowIfNullOrEmpty(pred);
        ArgumentException.ThrowIfNullOrEmpty(target);
        Pred = pred;
        Target = target;
        Weight = weight;
    }

    /// <summary>Gets the batch key of the prediction.</summary>
    public string Pred { get; }

    /// <summary>Gets the batch key of the target.</summary>
    public string Target { get; }

    /// <summary>Gets the function, when the loss was made of one.</summary>
    public Func<Tensor, Tensor, Tensor>? Callable { get; }

    /// <summary>Gets the function that builds the loss module, when the loss was made of one.</summary>
    public Func<nn.Module<Tensor, Tensor, Tensor>>? Module { get; }

    /// <summary>Gets or sets the function from the prediction to the value a user reads. Default: none.</summary>
    public Activation PredictionLink { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override Activation Link => PredictionLink;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string PredictionKey => Pred;

    internal override string WhyNotSavable() =>
        $"it computes by a function, which a file cannot hold; write the loss as a record that derives from {nameof(LossBase)} and overrides {nameof(Compute)}";

    /// <inheritdoc/>
    protected internal override nn.Module? BuildModule() => Module?.Invoke();

    /// <inheritdoc/>
    protected internal override LossTerms Compute(BatchDict batch, nn.Module? module)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Tensor pred = batch[Pred];
        Tensor target = batch[Target];
        if (target.dim() > 0 && pred.dim() > 0 && pred.shape[0] != target.shape[0])
            throw new ArgumentException($"prediction and target have different rows: {ShapeText.Of(Pred, pred, Target, target)}");
        Tensor? rows = null;
        if (MissingTargets.ValidRows(target) is { } valid)
        {
            rows = valid.nonzero().squeeze(1);
            pred = pred.index_select(0, rows);
            target = target.index_select(0, rows);
        }
        // The mean of no rows is not a number; an empty tensor sums to a zero that gradients flow through.
        if (target.dim() > 0 && target.shape[0] == 0 && pred.numel() == 0)
            return new(pred, Rows: rows);
        Func<Tensor, Tensor, Tensor> function = module is nn.Module<Tensor, Tensor, Tensor> built ? built.call : Callable!;
        Tensor result = function(pred, target);
        RefuseBroadcast(function, pred, target, result);
        return new(result, RowCount: target.dim() > 0 ? target.shape[0] : null, Rows: rows);
    }

    // Against [N], a tensor [N, 1] is broadcast to [N, N] without a word, unless the function squeezes it. Asked once for each loss.
    private void RefuseBroadcast(Func<Tensor, Tensor, Tensor> function, Tensor pred, Tensor target, Tensor result)
    {
        (Tensor left, Tensor right) = (WithoutExtraDimension(pred, target), WithoutExtraDimension(target, pred));
        if ((ReferenceEquals(left, pred) && ReferenceEquals(right, target)) || pred.shape[0] < 2 || Checked.TryGetValue(this, out _))
            return;
        using var noGrad = no_grad();
        Tensor squeezed;
        try
        {
            squeezed = function(left, right);
        }
        catch (System.Runtime.InteropServices.ExternalException)
        {
            // It cannot do without the dimension, so it takes care of it.
            squeezed = result;
        }
        if (!ShapeText.Same(squeezed.shape, result.shape) || (squeezed - result).abs().max().Number() > 1e-4 * (1 + result.abs().max().Number()))
            throw new ArgumentException($"the function broadcasts prediction and target against each other: {ShapeText.Of(Pred, pred, Target, target)}; squeeze the last dimension in it, " +
                "(p, t) => ...(p.squeeze(-1), t), or use a loss that knows it, such as Loss.MeanSquaredError()");
        Checked.AddOrUpdate(this, this);
    }

    private static Tensor WithoutExtraDimension(Tensor tensor, Tensor other) =>
        tensor.dim() == other.dim() + 1 && tensor.dim() > 1 && tensor.shape[^1] == 1 && tensor.shape.AsSpan(0, (int)other.dim()).SequenceEqual(other.shape) ? tensor.squeeze(-1) : tensor;
}
