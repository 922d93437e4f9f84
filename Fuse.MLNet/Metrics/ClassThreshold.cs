namespace Fuse.MLNet;

/// <summary>Names the score above which a row is given a class.</summary>
/// <param name="ClassIndex">The class, from 0.</param>
/// <param name="Threshold">The score that a row must be above.</param>
public readonly record struct ClassThreshold(int ClassIndex, double Threshold);
