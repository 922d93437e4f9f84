namespace Fuse.MLNet.Examples.Text;

/// <summary>Holds what the model says of a review.</summary>
public sealed class Verdict
{
    /// <summary>Gets or sets the verdict.</summary>
    public string PredictedLabel { get; set; } = "";

    /// <summary>Gets or sets the probability of each verdict.</summary>
    public float[] Score { get; set; } = [];
}
