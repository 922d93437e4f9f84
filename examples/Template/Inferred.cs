using Microsoft.ML.Data;

namespace Fuse.MLNet.Examples.Template;

/// <summary>Holds a row of the inference file: what is known of a case and what the model says about it.</summary>
public sealed class Inferred
{
    /// <summary>Gets or sets the case's id.</summary>
    [LoadColumn(0)]
    public string SampleId { get; set; } = "";

    /// <summary>Gets or sets the physician's diagnosis.</summary>
    [LoadColumn(1)]
    public string Diagnosis { get; set; } = "";

    /// <summary>Gets or sets the model's diagnosis.</summary>
    [LoadColumn(2)]
    public string PredictedLabel { get; set; } = "";

    /// <summary>Gets or sets the measured diameter, in millimetres.</summary>
    [LoadColumn(3)]
    public float Diameter { get; set; }

    /// <summary>Gets or sets the model's diameter, in millimetres.</summary>
    [LoadColumn(4)]
    public float PredictedDiameter { get; set; }

    /// <summary>Gets or sets the probability of each diagnosis.</summary>
    [LoadColumn(5, 6)]
    [VectorType(2)]
    public float[] Score { get; set; } = [];
}
