namespace Fuse.MLNet;

/// <summary>Names the batch keys that the simple form of <c>mlContext.Fuse().Train</c> uses.</summary>
public static class BatchKeys
{
    /// <summary>The network's input: <c>data.input</c>.</summary>
    public const string Input = "data.input";

    /// <summary>The label: <c>data.label</c>.</summary>
    public const string Label = "data.label";

    /// <summary>The examples' weights, when there are any: <c>data.example_weight</c>.</summary>
    public const string ExampleWeight = "data.example_weight";

    /// <summary>The rows' ids, a <c>string[]</c> of <c>[N]</c>, when SampleIdColumnName is set; not there when rows are scored: <c>data.sample_id</c>.</summary>
    public const string SampleId = "data.sample_id";

    /// <summary>The network's raw output: <c>model.logits.head_0</c>.</summary>
    public const string Logits = "model.logits.head_0";

    /// <summary>The sum of the weighted losses: <c>losses.total_loss</c>.</summary>
    public const string TotalLoss = "losses.total_loss";
}
