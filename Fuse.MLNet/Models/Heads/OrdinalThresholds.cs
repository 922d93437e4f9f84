namespace Fuse.MLNet;

/// <summary>Turns a score <c>[N, 1, ...]</c> into the logarithms of the probabilities of ordered classes <c>[N, K, ...]</c>.</summary>
/// <remarks>P(class &lt;= k) = logistic(threshold k - score), with thresholds that increase by construction. McCullagh, 1980.</remarks>
internal sealed class OrdinalThresholds : nn.Module<Tensor, Tensor>
{
    // The inverse of softplus at 1: thresholds start one apart.
    private const double GapOfOne = 0.5413248546129181;
    [TorchSharp.Utils.ComponentName(Name = "thresholds")]
    private readonly Parameter _thresholds;

    public OrdinalThresholds(long classes)
        : base(nameof(OrdinalThresholds))
    {
        using var scope = NewDisposeScope();
        Tensor start = SizedLayer.Full((float)GapOfOne, classes - 1);
        start[0] = tensor(-(classes - 2) / 2f);
        _thresholds = new Parameter(start.MoveToOuterDisposeScope());
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        Tensor first = _thresholds.narrow(0, 0, 1);
        Tensor gaps = nn.functional.softplus(_thresholds.narrow(0, 1, _thresholds.shape[0] - 1));
        Tensor margins = OverChannels(cat([first, first + gaps.cumsum(0)]), input) - input;
        Tensor below = nn.functional.logsigmoid(margins), above = nn.functional.logsigmoid(-margins);
        // log(s(a) - s(b)) = log s(a) + log s(-b) + log(1 - exp(b - a)), which does not cancel.
        long inner = margins.shape[1] - 1;
        Tensor width = OverChannels((-(-gaps).expm1()).log(), input);
        return cat([below.narrow(1, 0, 1), below.narrow(1, 1, inner) + above.narrow(1, 0, inner) + width, above.narrow(1, inner, 1)], 1);
    }

    private static Tensor OverChannels(Tensor values, Tensor like) => values.reshape([1, values.shape[0], .. Enumerable.Repeat(1L, (int)like.dim() - 2)]);
}
