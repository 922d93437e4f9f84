namespace Fuse.MLNet;

/// <summary>Holds the numbers of one EfficientNet.</summary>
/// <param name="Width">How its widths grow.</param>
/// <param name="Depth">How its depths grow.</param>
/// <param name="Side">The image's side that its padding was made for.</param>
/// <param name="Ends">How many blocks there are before each map but the last that a decoder reads, as segmentation_models_pytorch has it.</param>
internal sealed record EfficientNetSize(double Width, double Depth, long Side, ValueList<int> Ends)
{
    public static readonly IReadOnlyDictionary<string, EfficientNetSize> All = new Dictionary<string, EfficientNetSize>(StringComparer.Ordinal)
    {
        ["efficientnet-b0"] = new(1.0, 1.0, 224, [3, 5, 9]),
        ["efficientnet-b1"] = new(1.0, 1.1, 240, [5, 8, 16]),
        ["efficientnet-b2"] = new(1.1, 1.2, 260, [5, 8, 16]),
        ["efficientnet-b3"] = new(1.2, 1.4, 300, [5, 8, 18]),
        ["efficientnet-b4"] = new(1.4, 1.8, 380, [6, 10, 22]),
        ["efficientnet-b5"] = new(1.6, 2.2, 456, [8, 13, 27]),
        ["efficientnet-b6"] = new(1.8, 2.6, 528, [9, 15, 31]),
        ["efficientnet-b7"] = new(2.0, 3.1, 600, [11, 18, 38]),
    };

    private static readonly (int Repeats, long Kernel, long Stride, long Expansion, long Outputs)[] Stages =
        [(1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320)];

    /// <summary>Gets the width of the stem.</summary>
    public long StemWidth => Widen(32);

    /// <summary>Lists the blocks in order; each stage changes stride and width in its first.</summary>
    public IEnumerable<EfficientNetBlockShape> Blocks()
    {
        long inputs = StemWidth;
        long side = Halved(Side, 2);
        foreach ((int repeats, long kernel, long stride, long expansion, long outputs) in Stages)
            for (int i = 0; i < (int)Math.Ceiling(Depth * repeats); i++)
            {
                var block = new EfficientNetBlockShape(inputs, Widen(outputs), kernel, i == 0 ? stride : 1, expansion, side);
                yield return block;
                (inputs, side) = (block.Outputs, Halved(side, block.Stride));
            }
    }

    /// <summary>Gets the zeros before and behind a side so that it is divided by the stride, rounded up.</summary>
    public static (long Before, long Behind) Padding(long side, long kernel, long stride)
    {
        long padding = Math.Max(((Halved(side, stride) - 1) * stride) + kernel - side, 0);
        return (padding / 2, padding - (padding / 2));
    }

    private static long Halved(long side, long stride) => (side + stride - 1) / stride;

    private long Widen(long width)
    {
        // To a multiple of 8, but not by more than a tenth down.
        double wanted = width * Width;
        long rounded = Math.Max(8, (long)(wanted + 4) / 8 * 8);
        return rounded < 0.9 * wanted ? rounded + 8 : rounded;
    }
}
