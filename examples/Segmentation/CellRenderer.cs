using System.Numerics;

namespace Fuse.MLNet.Examples.Segmentation;

/// <summary>Draws pictures like those of a microscope: cells that overlap, uneven light, stains that are no cells, noise.</summary>
/// <remarks>
/// Brightness alone does not tell cells: the light falls off across the picture by more than a cell is brighter than its surroundings, and stains out of
/// focus are as bright and as large as cells. A cell has an edge, and a texture.
/// </remarks>
public static class CellRenderer
{
    private const int Stream = 0;

    /// <summary>Draws a picture.</summary>
    /// <param name="size">The number of pixels along each side, at least 16.</param>
    /// <param name="seed">The seed; the same arguments give the same bits on every platform.</param>
    /// <param name="index">The picture's place among those of the seed.</param>
    /// <returns>The picture, and the class of each of its pixels: 1 in a cell, else 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 16.</exception>
    public static (GreyImage Image, GreyImage Label) Draw(int size, int seed, int index)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 16);
        var random = new SeededRandom(seed, Stream, index);
        var light = new float[size * size];
        var label = new byte[size * size];

        AddLight(light, size, random);
        // Counted by area, so that larger pictures are as full.
        float unit = size / 96f;
        for (int stains = 3 + random.Below(4); stains > 0; stains--)
            AddStain(light, size, Place(size, random), unit * random.Range(8f, 17f), random.Range(0.1f, 0.28f));
        for (int cells = 6 + random.Below(6); cells > 0; cells--)
            AddCell(light, label, size, new CellShape(Place(size, random), unit, random), random);
        for (int specks = random.Below(8); specks > 0; specks--)
            AddStain(light, size, Place(size, random), unit * random.Range(1f, 2.5f), random.Range(0.1f, 0.4f));

        float noise = random.Range(0.03f, 0.06f);
        return (new(size, size, [.. light.Select(value => Byte(value + (noise * random.Gaussian())))]), new(size, size, label));
    }

    /// <summary>Writes pictures to the folders <c>image</c> and <c>label</c> of a folder, as PNG files of equal names.</summary>
    public static void Write(string directory, int count, int size, int seed)
    {
        string images = Directory.CreateDirectory(Path.Combine(directory, ImageFolder.ImageName)).FullName;
        string labels = Directory.CreateDirectory(Path.Combine(directory, ImageFolder.LabelName)).FullName;
        // Each picture has a random sequence of its own, so the order of the threads does not matter.
        Parallel.For(0, count, index =>
        {
            (GreyImage image, GreyImage label) = Draw(size, seed, index);
            string name = FormattableString.Invariant($"{index:0000}.png");
            PngFile.WriteGrey(Path.Combine(images, name), image);
            PngFile.WriteGrey(Path.Combine(labels, name), label);
        });
    }

    /// <summary>Fills the picture with a light that falls off from one side to the other and towards the corners.</summary>
    private static void AddLight(float[] light, int size, SeededRandom random)
    {
        float middle = random.Range(0.3f, 0.42f);
        Vector2 slope = random.Direction() * random.Range(0.1f, 0.3f);
        float corners = random.Range(0f, 0.15f);
        for (int at = 0; at < light.Length; at++)
        {
            var place = new Vector2((2f * (at % size) / size) - 1f, (2f * (at / size) / size) - 1f);
            light[at] = middle + Vector2.Dot(slope, place) - (corners * (place.LengthSquared() - 0.7f));
        }
    }

    private static void AddStain(float[] light, int size, Vector2 centre, float radius, float height)
    {
        for (int at = 0; at < light.Length; at++)
        {
            float inside = 1f - ((new Vector2(at % size, at / size) - centre).LengthSquared() / (radius * radius));
            if (inside > 0f)
                light[at] += height * inside * inside;
        }
    }

    private static void AddCell(float[] light, byte[] label, int size, CellShape shape, SeededRandom random)
    {
        float height = random.Range(0.1f, 0.24f);
        float grain = random.Range(0.03f, 0.07f);
        for (int at = 0; at < light.Length; at++)
        {
            float depth = shape.Depth(new Vector2(at % size, at / size));
            if (depth <= 0f)
                continue;
            label[at] = 1;
            // A rim a little brighter than the inside; where cells overlap, their light adds up.
            light[at] += (height * (depth < 0.25f ? 1.15f : 0.9f)) + (grain * random.Gaussian());
        }
    }

    private static Vector2 Place(int size, SeededRandom random) => new(random.Range(0f, size - 1), random.Range(0f, size - 1));

    private static byte Byte(float value) => (byte)Math.Clamp((int)((value * 255f) + 0.5f), 0, 255);
}
