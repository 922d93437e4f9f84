namespace Fuse.MLNet;

/// <summary>Leaves out whole rows of a branch in training: stochastic depth.</summary>
internal static class RowDropout
{
    /// <summary>Sets each row to 0 with a probability, and scales the others so that the mean stays.</summary>
    public static Tensor Apply(Tensor input, double probability, bool isTraining)
    {
        if (!isTraining || probability == 0)
            return input;
        long[] shape = [input.shape[0], .. Enumerable.Repeat(1L, (int)input.dim() - 1)];
        return input * rand(shape, input.dtype, input.device).ge(probability).to(input.dtype) / (1 - probability);
    }
}
