namespace Fuse.MLNet;

/// <summary>Measures how near the features of one class are to each other, against those of other classes.</summary>
/// <remarks>
/// FuseMedML's <c>SupervisedContrastiveLoss</c>, after Khosla et al., "Supervised Contrastive Learning", 2020. Features <c>[N, D]</c> and
/// <c>[M, D]</c>, one class index a row <c>[N]</c>, <c>[M]</c>. With S = cosine similarity / temperature it is the mean of -log softmax(S) over all
/// pairs of one class; the symmetric term takes the softmax over the other side, over the same pairs. Pairs with a missing index (-100, NaN) count for
/// nothing; without any pair the loss is 0. With one key for both features a row is not paired with itself. Shapes that do not fit are an
/// <see cref="ArgumentException"/>.
/// </remarks>
public sealed record SupervisedContrastiveLoss : LossBase
{
    /// <summary>Gets the batch key of the first features. Default: <c>model.backbone_features_0</c>.</summary>
    public string FeatI { get; init; } = "model.backbone_features_0";

    /// <summary>Gets the batch key of the second features. Default: <c>model.backbone_features_1</c>.</summary>
    public string FeatJ { get; init; } = "model.backbone_features_1";

    /// <summary>Gets the batch key of the first features' class indices. Default: <c>data.label</c>.</summary>
    public string TargetI { get; init; } = BatchKeys.Label;

    /// <summary>Gets the batch key of the second features' class indices. Default: <c>data.label</c>.</summary>
    public string TargetJ { get; init; } = BatchKeys.Label;

    /// <summary>Gets what similarities are divided by, above 0. Default: 0.2.</summary>
    public double Temperature { get; init => field = LossOption.Positive(value); } = 0.2;

    /// <summary>Gets the share of the first term when the loss is symmetric, 0 to 1. Default: 0.5.</summary>
    public double Alpha { get; init => field = LossOption.Fraction(value); } = 0.5;

    /// <summary>Gets whether the softmax is taken over both sides. Default: false.</summary>
    public bool Symmetric { get; init; }

    internal override string WhyNotRowByRow() => "it compares the rows of a batch with each other";

    /// <inheritdoc/>
    protected override LossTerms Compute(BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        (Tensor first, Tensor second) = (batch[FeatI], batch[FeatJ]);
        if (first.dim() != 2 || second.dim() != 2 || first.shape[1] != second.shape[1])
            throw new ArgumentException($"it needs features [N, D] and [M, D]; {ShapeText.Of(FeatI, first, FeatJ, second)}");
        Tensor targetI = Indices(batch, TargetI, FeatI, first);
        Tensor targetJ = Indices(batch, TargetJ, FeatJ, second);
        Tensor pairs = targetI.unsqueeze(1).eq(targetJ.unsqueeze(0)).logical_and(targetI.ne(TensorColumn.MissingTarget).unsqueeze(1));
        Tensor similarity = nn.functional.normalize(first).matmul(nn.functional.normalize(second).t()) / Temperature;
        if (FeatI == FeatJ)
        {
            Tensor self = eye(first.shape[0], dtype: first.dtype, device: first.device);
            // Finite, so that a row's share in its own softmax is 0 but nothing becomes NaN.
            similarity = similarity - (self * 1e9);
            pairs = pairs.logical_and(self.eq(0));
        }
        Tensor likelihood = nn.functional.log_softmax(similarity, 1);
        // The term from j to i has the transposed mask and the transposed similarities: the same pairs, with the softmax over the rows.
        if (Symmetric)
            likelihood = (Alpha * likelihood) + ((1 - Alpha) * nn.functional.log_softmax(similarity, 0));
        return new(-likelihood, pairs.to(likelihood.dtype));
    }

    private static Tensor Indices(BatchDict batch, string targetKey, string featureKey, Tensor features)
    {
        Tensor target = batch[targetKey];
        return target.dim() == 1 && target.shape[0] == features.shape[0] ? ClassTargets.ToIndices(target, TensorColumn.MissingTarget, targetKey)
            : throw new ArgumentException($"it needs one class index for each row of features; {ShapeText.Of(featureKey, features, targetKey, target)}");
    }
}
