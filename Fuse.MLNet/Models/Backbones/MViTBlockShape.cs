namespace Fuse.MLNet;

/// <summary>Holds the numbers of one block of a multiscale vision transformer.</summary>
/// <param name="Inputs">Channels in.</param>
/// <param name="Outputs">Channels out.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="QueryStride">How the queries shrink height and width.</param>
/// <param name="KeyStride">How keys and values do.</param>
/// <param name="Depth">The depth of the tokens' grid.</param>
/// <param name="Side">The longer of its height and width.</param>
internal sealed record MViTBlockShape(long Inputs, long Outputs, long Heads, long QueryStride, long KeyStride, long Depth, long Side)
{
    public long HeadSize => Outputs / Heads;
}
