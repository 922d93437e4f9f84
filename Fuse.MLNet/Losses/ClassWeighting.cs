namespace Fuse.MLNet;

/// <summary>Describes how much each class of a segmentation weighs: alike, by a list, or by how rare it is in the batch.</summary>
public sealed record ClassWeighting
{
    /// <summary>Gets the description by which all classes weigh alike.</summary>
    public static ClassWeighting None { get; } = new();

    /// <summary>
    /// Gets the description by which a class weighs the inverse of its share in the batch's target, scaled so that the rarest weighs 1;
    /// a class that is not there weighs 0. FuseMedML's <c>"ipw"</c>.
    /// </summary>
    public static ClassWeighting InverseProportional { get; } = new() { IsInverseProportional = true };

    /// <summary>Gets whether the weights are the inverse of the classes' shares in each batch. Default: false.</summary>
    public bool IsInverseProportional { get; init; }

    /// <summary>Gets the weights by class index, or null.</summary>
    public ValueList<float>? Weights { get; init; }

    /// <summary>Describes given weights.</summary>
    /// <param name="weights">One weight a class: finite, 0 or more, not all 0.</param>
    public static ClassWeighting Of(params float[] weights) => new() { Weights = weights };

    /// <summary>Computes the weights <c>[C]</c> for a batch, or null when all classes weigh alike.</summary>
    internal Tensor? For(Tensor indices, Tensor? valid, long classes, Tensor like)
    {
        if (!IsInverseProportional)
            return ClassWeightTensor.Of(Weights, classes, like);
        if (Weights is not null)
            throw new ArgumentException($"{nameof(ClassWeighting)} has both {nameof(Weights)} and {nameof(IsInverseProportional)}; use one");
        // An element that is left out counts as one more class, which is then cut off.
        Tensor counted = valid is null ? indices : indices.where(valid, full_like(indices, classes));
        Tensor counts = counted.flatten().bincount(null, classes + 1).narrow(0, 0, classes).to(like.dtype);
        Tensor present = counts.gt(0);
        Tensor rarest = counts.where(present, full_like(counts, double.PositiveInfinity)).min();
        return (rarest / counts).where(present, zeros_like(counts));
    }
}
