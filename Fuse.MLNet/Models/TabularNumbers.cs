namespace Fuse.MLNet;

/// <summary>Replaces missing numbers, NaN, by 0, draws numbers far from 0 in, and adds a flag for each that is 1 where it is missing: <c>[N, F]</c> to <c>[N, F]</c> or <c>[N, 2 F]</c>.</summary>
internal sealed class TabularNumbers(bool hasIndicators) : nn.Module<Tensor, Tensor>(nameof(TabularNumbers))
{
    /// <summary>Is the size that no number passes.</summary>
    public const double Limit = 3;

    public override Tensor forward(Tensor input)
    {
        using Scalar zero = 0.0;
        using Scalar square = 1 / (Limit * Limit);
        using Scalar one = 1.0;
        Tensor missing = input.isnan();
        Tensor known = input.masked_fill(missing, zero);
        Tensor drawn = known / known.square().mul(square).add(one).sqrt();
        return hasIndicators ? cat([drawn, missing.to(drawn.dtype)], 1) : drawn;
    }
}
