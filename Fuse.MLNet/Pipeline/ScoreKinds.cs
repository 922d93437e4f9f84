namespace Fuse.MLNet;

/// <summary>Names the kinds of scores that ML.NET's evaluators know.</summary>
internal static class ScoreKinds
{
    public const string Multiclass = "MulticlassClassification";
    public const string Regression = "Regression";
    public const string Score = "Score";
    public const string PredictedLabel = "PredictedLabel";
}
