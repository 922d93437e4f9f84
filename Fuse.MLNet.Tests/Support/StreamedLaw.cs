namespace Fuse.MLNet.Tests;

/// <summary>Writes out, in the plainest way, the order in which an epoch visits streamed rows, as the documentation of <see cref="TrainingSeeds.ShuffleSlot"/> says.</summary>
internal static class StreamedLaw
{
    /// <summary>Gets the places of the rows, from 0, in the order of their visit.</summary>
    public static int[] Order(int rows, int slots, long seed, int epoch)
    {
        var visited = new List<int>();
        int[] buffer = new int[Math.Min(rows, slots)];
        for (int row = 0; row < rows; row++)
        {
            if (row < slots)
            {
                buffer[row] = row;
                continue;
            }
            int slot = TrainingSeeds.ShuffleSlot(slots, seed, epoch, row);
            visited.Add(buffer[slot]);
            buffer[slot] = row;
        }
        visited.AddRange(TrainingSeeds.Permutation(buffer.Length, seed, epoch).Select(slot => buffer[slot]));
        return [.. visited];
    }

    /// <summary>Gets the batches of an epoch: a last row alone joins the batch before it.</summary>
    public static int[][] Batches(int rows, int slots, long seed, int epoch, int batchSize)
    {
        int[][] chunks = [.. Order(rows, slots, seed, epoch).Chunk(batchSize)];
        return chunks.Length > 1 && chunks[^1].Length == 1 && batchSize > 1 ? [.. chunks[..^2], [.. chunks[^2], .. chunks[^1]]] : chunks;
    }
}
