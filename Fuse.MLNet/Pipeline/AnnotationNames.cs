namespace Fuse.MLNet;

/// <summary>Names the annotations that ML.NET's evaluators, mappers and engines read.</summary>
internal static class AnnotationNames
{
    public const string KeyValues = "KeyValues";
    public const string SlotNames = "SlotNames";
    public const string TrainingLabelValues = "TrainingLabelValues";
    public const string ScoreColumnSetId = "ScoreColumnSetId";
    public const string ScoreColumnKind = "ScoreColumnKind";
    public const string ScoreValueKind = "ScoreValueKind";
    public const string IsNormalized = "IsNormalized";

    /// <summary>Fuse's own: text, Probability or Logit, where a score's activation tells.</summary>
    public const string FuseScoreKind = "FuseScoreKind";
}
