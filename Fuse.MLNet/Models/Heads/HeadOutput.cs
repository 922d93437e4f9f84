namespace Fuse.MLNet;

/// <summary>Stores what a head predicts under its keys.</summary>
internal static class HeadOutput
{
    public static BatchDict Store(BatchDict batch, Head head, HeadMode mode, Tensor values)
    {
        if (mode != HeadMode.Regression)
            batch[head.LogitsKey] = values;
        batch[head.OutputKey] = mode switch
        {
            HeadMode.MultiLabel => values.sigmoid(),
            // Against a target [N], a prediction [N, 1] would be broadcast to [N, N].
            HeadMode.Regression => values.dim() > 1 && values.shape[1] == 1 ? values.squeeze(1) : values,
            _ => Activation.Softmax.Apply(values),
        };
        return batch;
    }
}
