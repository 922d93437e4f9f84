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
        var field = new LightField(depth: 1, size, random);
        var label = new byte[field.Count];
        // All sizes go with the picture's, so that larger ones are as full.
        float unit = size / 96f;

        field.AddUnevenLight();
        for (int stains = 3 + random.Below(4); stains > 0; stains--)
            field.AddStain(unit * random.Range(8f, 17f), random.Range(0.1f, 0.28f));
        for (int cells = 6 + random.Below(6); cells > 0; cells--)
            AddCell(field, label, new CellShape(field.AnyPlace(), unit, random), random);
        for (int specks = random.Below(8); specks > 0; specks--)
            field.AddStain(unit * random.Range(1f, 2.5f), random.Range(0.1f, 0.4f));
        return (new(size, size, field.ToBytes(random.Range(0.03f, 0.06f))), new(size, size, label));
    }

    /// <summary>Writes pictures to the folders <c>image</c> and <c>label</c> of a folder, as PNG files of equal names.</summary>
    public static void Write(string directory, int count, int size, int seed) => PairFiles.Write(directory, count, ".png", (index, imagePath, labelPath) =>
    {
        (GreyImage image, GreyImage label) = Draw(size, seed, index);
        PngFile.WriteGrey(imagePath, image);
        PngFile.WriteGrey(labelPath, label);
    });

    private static void AddCell(LightField field, byte[] label, CellShape shape, SeededRandom random)
    {
        float light = random.Range(0.1f, 0.24f);
        float grain = random.Range(0.03f, 0.07f);
        for (int at = 0; at < label.Length; at++)
        {
            Vector3 place = field.Place(at);
            float depth = shape.Depth(new Vector2(place.X, place.Y));
            if (depth <= 0f)
                continue;
            label[at] = 1;
            // A rim a little brighter than the inside; where cells overlap, their light adds up.
            field.Add(at, (light * (depth < 0.25f ? 1.15f : 0.9f)) + (grain * random.Gaussian()));
        }
    }
}
