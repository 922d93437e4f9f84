using System.Numerics;

namespace Fuse.MLNet.Examples.Segmentation;

/// <summary>Is a picture or volume while it is drawn: a brightness for each place, about 0 to 1.</summary>
/// <param name="depth">The number of slices; 1 for a picture.</param>
/// <param name="side">The number of rows and of columns.</param>
/// <param name="random">The source of all that is drawn.</param>
internal sealed class LightField(int depth, int side, SeededRandom random)
{
    private readonly float[] _values = new float[depth * side * side];

    /// <summary>Gets the number of places.</summary>
    public int Count => _values.Length;

    private int Dimensions => depth == 1 ? 2 : 3;

    /// <summary>Gets where an element is, in pixels: column, row and slice.</summary>
    public Vector3 Place(int at) => new(at % side, at / side % side, at / (side * side));

    /// <summary>Draws any place.</summary>
    public Vector3 AnyPlace() => new(random.Range(0f, side - 1), random.Range(0f, side - 1), depth == 1 ? 0f : random.Range(0f, depth - 1));

    /// <summary>Makes one place brighter.</summary>
    public void Add(int at, float light) => _values[at] += light;

    /// <summary>Fills the field with a light that falls off from one side to the other and towards the corners.</summary>
    public void AddUnevenLight()
    {
        float middle = random.Range(0.3f, 0.42f);
        Vector3 slope = random.Direction(Dimensions) * random.Range(0.1f, 0.3f);
        float corners = random.Range(0f, 0.15f);
        for (int at = 0; at < _values.Length; at++)
        {
            // From -1 to 1 along each axis.
            Vector3 place = (2f * Place(at) / side) - (depth == 1 ? new Vector3(1f, 1f, 0f) : Vector3.One);
            _values[at] += middle + Vector3.Dot(slope, place) - (corners * (place.LengthSquared() - 0.7f));
        }
    }

    /// <summary>Adds a round stain without an edge.</summary>
    public void AddStain(float radius, float light)
    {
        Vector3 centre = AnyPlace();
        for (int at = 0; at < _values.Length; at++)
        {
            float inside = 1f - ((Place(at) - centre).LengthSquared() / (radius * radius));
            if (inside > 0f)
                _values[at] += light * inside * inside;
        }
    }

    /// <summary>Gets the bytes, after normal noise was added.</summary>
    /// <param name="deviation">The standard deviation of the noise.</param>
    public byte[] ToBytes(float deviation) => [.. _values.Select(value => (byte)Math.Clamp((int)(((value + (deviation * random.Gaussian())) * 255f) + 0.5f), 0, 255))];
}
