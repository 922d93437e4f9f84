using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Is the base of the losses that measure how predicted and true regions overlap: what they read and how.</summary>
/// <remarks>
/// An element of <see cref="IgnoreIndex"/> or NaN in the target leaves numerator and denominator alike; a region without any element
/// that counts gives no loss.
/// </remarks>
public abstract record OverlapLoss : TargetLoss
{
    private protected OverlapLoss()
    {
    }

    /// <summary>
    /// Gets the function from the prediction to probabilities: softmax or sigmoid for logits, <see cref="Activation.None"/> for a prediction
    /// that holds probabilities, as FuseMedML expects. Default: softmax; sigmoid for <see cref="BinaryDiceLoss"/>.
    /// </summary>
    public Activation Activation { get; init; } = Activation.Softmax;

    /// <summary>Gets how a larger target is resized. Default: <see cref="ResizeMode.MaxPool"/>, as in FuseMedML.</summary>
    public ResizeMode Resize { get; init; } = ResizeMode.MaxPool;

    /// <summary>Gets the target value of elements to leave out. Default: -100.</summary>
    public long IgnoreIndex { get; init; } = TensorColumn.MissingTarget;

    /// <summary>Gets the number added to numerator and denominator, above 0, so that empty regions are defined. Default: 1.</summary>
    public double Eps { get; init => field = LossOption.Positive(value); } = 1;

    /// <inheritdoc/>
    [JsonIgnore]
    public override Activation Link => Activation;

    /// <summary>Reads a prediction <c>[N, C, H, W]</c> or <c>[N, C, D, H, W]</c> and its target.</summary>
    /// <exception cref="ArgumentException">Shapes or values do not fit.</exception>
    private protected Overlap ReadClasses(BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Tensor pred = batch[Pred];
        if (pred.dim() is not (4 or 5))
            throw new ArgumentException($"it needs a prediction [N, C, H, W] or [N, C, D, H, W]; '{Pred}' is {ShapeText.Of(pred)}");
        if (Activation == Activation.Softmax && pred.shape[1] == 1)
            throw new ArgumentException($"softmax over one channel is always 1: '{Pred}' is {ShapeText.Of(pred)}; use {nameof(Activation)} = {nameof(Activation.Sigmoid)}");
        return Overlap.Of(Probabilities(pred), DenseTarget.Read(pred, batch[Target], Pred, Target, IgnoreIndex, Resize));
    }

    /// <summary>Computes probabilities.</summary>
    /// <exception cref="ArgumentException">The prediction should hold probabilities and does not.</exception>
    private protected Tensor Probabilities(Tensor pred)
    {
        if (Activation != Activation.None || pred.numel() == 0)
            return Activation.Apply(pred);
        (Tensor min, Tensor max) = pred.detach().aminmax();
        (double low, double high) = (min.Number(), max.Number());
        // Rounding may carry a softmax a little beyond 1.
        return low < -1e-3 || high > 1.001
            ? throw new ArgumentException($"'{Pred}' holds {(low < -1e-3 ? low : high)}, but with {nameof(Activation)} = {nameof(Activation.None)} it must hold probabilities, 0 to 1; " +
                $"for logits use {nameof(Activation.Softmax)} or {nameof(Activation.Sigmoid)}")
            : pred;
    }
}
