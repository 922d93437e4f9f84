using Microsoft.ML.Data;

namespace Fuse.MLNet.Examples.Text;

/// <summary>Holds what tokenizing adds to a review.</summary>
public sealed class TokenizedReview
{
    /// <summary>Gets or sets the ids of the tokens, as many as the text has.</summary>
    [VectorType]
    public int[] Tokens { get; set; } = [];
}
