namespace Fuse.MLNet;

/// <summary>Builds the matrix of an affine map by multiplying parts to it from the right; coordinates are x, y and, in volumes, z, from the centre.</summary>
internal sealed class AffineMap
{
    private readonly int _dims;
    private readonly double[,] _matrix;

    public AffineMap(int dims)
    {
        _dims = dims;
        _matrix = new double[dims, dims];
        for (int i = 0; i < dims; i++)
            _matrix[i, i] = 1;
    }

    public void Scale(double factor)
    {
        for (int i = 0; i < _dims; i++)
            for (int j = 0; j < _dims; j++)
                _matrix[i, j] *= factor;
    }

    /// <summary>Adds a multiple of y to x.</summary>
    public void Shear(double slope)
    {
        for (int i = 0; i < _dims; i++)
            _matrix[i, 1] += _matrix[i, 0] * slope;
    }

    /// <summary>Turns the plane of two axes, from the second towards the first: counter-clockwise as seen, because y points down.</summary>
    public void Rotate(int first, int second, double degrees)
    {
        (double sin, double cos) = Math.SinCos(double.DegreesToRadians(degrees));
        for (int i = 0; i < _dims; i++)
        {
            (double a, double b) = (_matrix[i, first], _matrix[i, second]);
            (_matrix[i, first], _matrix[i, second]) = ((a * cos) - (b * sin), (a * sin) + (b * cos));
        }
    }

    /// <summary>Writes the map as <c>affine_grid</c> takes it, for coordinates from -1 to 1 on every axis.</summary>
    /// <param name="target">Takes the rows of the matrix, each followed by its offset.</param>
    /// <param name="sizes">The sizes of the axes, the last one that of x.</param>
    /// <param name="way">How far the image was moved before, as a fraction of the size, by coordinate.</param>
    public void Write(Span<double> target, long[] sizes, double[] way)
    {
        for (int i = 0; i < _dims; i++)
        {
            double offset = 0;
            for (int j = 0; j < _dims; j++)
            {
                double entry = _matrix[i, j] * sizes[^(j + 1)] / sizes[^(i + 1)];
                target[(i * (_dims + 1)) + j] = entry;
                offset -= entry * 2 * way[j];
            }
            target[(i * (_dims + 1)) + _dims] = offset;
        }
    }
}
