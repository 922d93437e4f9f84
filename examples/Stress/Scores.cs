namespace Fuse.MLNet.Examples.Stress;

/// <summary>Is what a model predicts for a row.</summary>
internal sealed class Scores
{
    public float[] Score { get; set; } = [];
}
