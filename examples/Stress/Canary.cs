namespace Fuse.MLNet.Examples.Stress;

/// <summary>Is what no model file may make: it is no module, and tells when it is made after all.</summary>
public sealed class Canary
{
    static Canary() => CanaryCount.Add();

    /// <summary>Tells.</summary>
    public Canary() => CanaryCount.Add();

    /// <summary>Tells.</summary>
    /// <param name="path">Anything.</param>
    public Canary(string path) => CanaryCount.Add();
}
