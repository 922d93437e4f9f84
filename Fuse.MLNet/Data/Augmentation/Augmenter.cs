namespace Fuse.MLNet;

/// <summary>Applies the transforms of a run to its training batches.</summary>
internal sealed class Augmenter(IReadOnlyList<BatchTransform> transforms, long seed, Device device)
{
    /// <summary>Changes a batch by every transform, in their order.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="visits">What <see cref="Visits"/> gives for the batch's rows.</param>
    public void Apply(BatchDict batch, int epoch, ReadOnlySpan<long> visits)
    {
        using var noGrad = no_grad();
        for (int i = 0; i < transforms.Count; i++)
        {
            BatchTransform transform = transforms[i];
            var random = new RowRandom(TrainingSeeds.ForTransform(seed, i), epoch, visits, device);
            BatchErrors.Guard(() => $"{transform.GetType().Name}, a transform of Augment, failed", batch, () =>
            {
                transform.Apply(batch, random);
                return true;
            });
        }
    }

    /// <summary>Reads a batch and changes it; only what it then holds belongs to the current dispose scope.</summary>
    /// <param name="read">Reads the batch.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="visits">A number for each row: <see cref="Visits"/>, or its index in the data where each row comes once.</param>
    public BatchDict Augmented(Func<BatchDict> read, int epoch, ReadOnlySpan<long> visits)
    {
        using var scope = NewDisposeScope();
        BatchDict batch = read();
        Apply(batch, epoch, visits);
        foreach (Tensor value in batch.Select(pair => pair.Value).OfType<Tensor>())
            if (scope.Contains(value))
                scope.MoveToOuter(value);
        return batch;
    }

    /// <summary>Numbers the visits of rows in an epoch, by the row and how often it was visited before, so that each draws numbers of its own.</summary>
    /// <param name="pass">The rows in the order of their visit.</param>
    /// <param name="index">Gets the index of a row in the data.</param>
    public static long[] Visits(ReadOnlySpan<int> pass, Func<int, int> index)
    {
        var before = new Dictionary<int, int>();
        long[] visits = new long[pass.Length];
        for (int i = 0; i < visits.Length; i++)
        {
            before.TryGetValue(pass[i], out int count);
            before[pass[i]] = count + 1;
            visits[i] = index(pass[i]) + ((long)count << 32);
        }
        return visits;
    }
}
