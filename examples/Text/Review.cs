namespace Fuse.MLNet.Examples.Text;

/// <summary>Is a review and its verdict.</summary>
public sealed class Review
{
    /// <summary>Gets or sets what was written.</summary>
    public string Text { get; set; } = "";

    /// <summary>Gets or sets the verdict: <c>positive</c> or <c>negative</c>.</summary>
    public string Sentiment { get; set; } = "";
}
