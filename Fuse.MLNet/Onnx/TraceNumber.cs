namespace Fuse.MLNet;

/// <summary>Finds the number behind one that libtorch's trace wrote with six decimals.</summary>
internal static class TraceNumber
{
    private const double Unit = 1e-6;
    private const double Rounding = 0.5000001 * Unit;

    // Where the next number of the kind is much further away than what the rounding hides.
    private const int LargestInverse = 400;
    private const int LargestInverseRoot = 1024;

    /// <summary>Gets the number itself when five decimals hold it; else the inverse of a whole number or of its square root when one fits, as scales of attention are.</summary>
    /// <remarks>Where that is not what the network computes with, the export's last check sees it.</remarks>
    public static double Exact(double written)
    {
        double size = Math.Abs(written);
        if (size is 0 or >= 1 || Math.Abs((written * 1e5) - Math.Round(written * 1e5)) < 1e-3 || size < Unit * 1.5)
            return written;
        double n = Math.Round(1 / size);
        if (n <= LargestInverse && Math.Abs((1 / n) - size) <= Rounding)
            return Math.CopySign(1 / n, written);
        double square = Math.Round(1 / (size * size));
        return square <= LargestInverseRoot && Math.Abs((1 / Math.Sqrt(square)) - size) <= Rounding ? Math.CopySign(1 / Math.Sqrt(square), written) : written;
    }
}
