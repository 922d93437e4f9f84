namespace Fuse.MLNet.Examples.ImageFolder;

/// <summary>Holds what the model says of a picture.</summary>
internal sealed class Prediction
{
    /// <summary>Gets or sets the class.</summary>
    public string PredictedLabel { get; set; } = "";

    /// <summary>Gets or sets the probability of each class.</summary>
    public float[] Score { get; set; } = [];
}
