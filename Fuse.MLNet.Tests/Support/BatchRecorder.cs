namespace Fuse.MLNet.Tests;

/// <summary>Notes the values of batch keys in every training batch, in lists that all copies share.</summary>
internal sealed class BatchRecorder(params string[] keys) : Callback
{
    private readonly Dictionary<string, List<double[]>> _batches = keys.ToDictionary(key => key, _ => new List<double[]>());

    /// <summary>Gets the batches' values of a key.</summary>
    public List<double[]> this[string key] => _batches[key];

    public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch)
    {
        foreach (string key in keys)
        {
            using Tensor values = batch[key].to(ScalarType.Float64).flatten().contiguous();
            _batches[key].Add(values.data<double>().ToArray());
        }
    }
}
