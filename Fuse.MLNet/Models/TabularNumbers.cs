namespace Fuse.MLNet;

/// <summary>Replaces missing numbers, NaN, by learned values, and draws numbers far from 0 in: <c>[N, F]</c> to <c>[N, F]</c>.</summary>
internal sealed class TabularNumbers : nn.Module<Tensor, Tensor>
{
    /// <summary>Is the size that no number passes.</summary>
    public const double Limit = 3;

    [TorchSharp.Utils.ComponentName(Name = "missing")]
    private readonly Parameter _missing;

    public TabularNumbers(long size)
        : base(nameof(TabularNumbers))
    {
        _missing = nn.Parameter(zeros(size));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using Scalar square = 1 / (Limit * Limit);
        using Scalar one = 1.0;
        Tensor known = where(input.isnan(), _missing, input);
        return known / known.square().mul(square).add(one).sqrt();
    }
}
