using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>A noisy picture of bright discs and the mask of the discs.</summary>
public sealed class Blob
{
    public const int Side = 32;

    [VectorType(Side * Side)]
    public float[] Image { get; set; } = [];

    [VectorType(Side * Side)]
    public int[] Mask { get; set; } = [];

    /// <summary>Draws pictures of one to three discs of radius 3 to 7, brightness 1 over noise of deviation 0.5.</summary>
    public static Blob[] Draw(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => One(random))];
    }

    private static Blob One(Random random)
    {
        var mask = new int[Side * Side];
        for (int disc = random.Next(1, 4); disc > 0; disc--)
        {
            (double x, double y, double radius) = (random.Next(4, Side - 4), random.Next(4, Side - 4), random.Next(3, 8));
            for (int at = 0; at < mask.Length; at++)
                if (Math.Pow((at % Side) - x, 2) + Math.Pow((at / Side) - y, 2) <= radius * radius)
                    mask[at] = 1;
        }
        return new Blob { Mask = mask, Image = [.. mask.Select(value => (float)(value + (0.5 * Normal(random))))] };
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
