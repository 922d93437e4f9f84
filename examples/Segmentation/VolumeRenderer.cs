using System.Numerics;

namespace Fuse.MLNet.Examples.Segmentation;

/// <summary>Draws volumes like those of a scanner: spheroids to be found, uneven light, blurred spots that are none, noise.</summary>
public static class VolumeRenderer
{
    private const int Stream = 2;

    /// <summary>Draws a volume.</summary>
    /// <param name="size">The number of voxels along each side, at least 16.</param>
    /// <param name="seed">The seed; the same arguments give the same bits on every platform.</param>
    /// <param name="index">The volume's place among those of the seed.</param>
    /// <returns>The volume, slice by slice, and the class of each of its voxels: 1 in a spheroid, else 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 16.</exception>
    public static (byte[] Volume, byte[] Label) Draw(int size, int seed, int index)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 16);
        var random = new SeededRandom(seed, Stream, index);
        var field = new LightField(size, size, random);
        var label = new byte[field.Count];
        float unit = size / 32f;

        field.AddUnevenLight();
        for (int spots = 2 + random.Below(3); spots > 0; spots--)
            field.AddStain(unit * random.Range(6f, 11f), random.Range(0.15f, 0.3f));
        for (int spheroids = 2 + random.Below(3); spheroids > 0; spheroids--)
            AddSpheroid(field, label, unit, random);
        return (field.ToBytes(random.Range(0.03f, 0.06f)), label);
    }

    /// <summary>Writes volumes to the folders <c>image</c> and <c>label</c> of a folder, as numpy files of equal names.</summary>
    /// <returns>The paths.</returns>
    public static ImagePair[] Write(string directory, int count, int size, int seed) => PairFiles.Write(directory, count, ".npy", (index, imagePath, labelPath) =>
    {
        (byte[] volume, byte[] label) = Draw(size, seed, index);
        NumpyFile.Write(imagePath, volume, [1, size, size, size]);
        NumpyFile.Write(labelPath, label, [size, size, size]);
    });

    private static void AddSpheroid(LightField field, byte[] label, float unit, SeededRandom random)
    {
        // Nearer to the middle than to the border, so that few are cut off.
        Vector3 middle = field.Place(field.Count - 1) / 2f;
        float across = unit * random.Range(4.5f, 8f);
        var spheroid = new Spheroid(middle + (0.65f * (field.AnyPlace() - middle)), random.Direction(3), across * random.Range(0.7f, 1.3f), across);
        float light = random.Range(0.14f, 0.28f);
        for (int at = 0; at < label.Length; at++)
        {
            // Spheroids melt into one another: their light does not add up.
            if (label[at] == 1 || !spheroid.Contains(field.Place(at)))
                continue;
            field.Add(at, light);
            label[at] = 1;
        }
    }
}
