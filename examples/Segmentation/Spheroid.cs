using System.Numerics;

namespace Fuse.MLNet.Examples.Segmentation;

/// <summary>Is an ellipsoid that is round around its axis.</summary>
/// <param name="Centre">The middle, in voxels.</param>
/// <param name="Axis">The direction of the axis, of length 1.</param>
/// <param name="Along">The radius along the axis, in voxels.</param>
/// <param name="Across">The radius across it, in voxels.</param>
internal sealed record Spheroid(Vector3 Centre, Vector3 Axis, float Along, float Across)
{
    /// <summary>Gets whether a place is inside.</summary>
    public bool Contains(Vector3 place)
    {
        Vector3 way = place - Centre;
        float part = Vector3.Dot(way, Axis);
        return (part * part / (Along * Along)) + ((way.LengthSquared() - (part * part)) / (Across * Across)) <= 1f;
    }
}
