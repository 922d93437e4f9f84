using System.Runtime.InteropServices;

namespace Fuse.MLNet;

/// <summary>Puts together what the processes of a run logged: the first one computes an epoch's values of all rows, and gives them to the others.</summary>
internal static class SharedLog
{
    /// <summary>Computes the metrics so far over the rows of all processes.</summary>
    public static void EndMetrics(RankAgreement ranks, EpochLog log)
    {
        if (!ranks.IsAlone)
        {
            if (ranks.Meet(RankOperation.Log, log.Metrics.Count).Length == 0)
                return;
            GatherToFirst(ranks, log, means: []);
        }
        log.EndMetrics();
    }

    /// <summary>Ends an epoch: gets its values over the rows of all processes, the same in each, and starts over.</summary>
    /// <exception cref="InvalidOperationException">Two values have one name, or a metric failed.</exception>
    public static LoggedValue[] Take(RankAgreement ranks, EpochLog log)
    {
        if (ranks.IsAlone)
            return log.Take();
        GatherToFirst(ranks, log, log.SaveMeans());
        if (ranks.IsFirst)
        {
            LoggedValue[] values = log.Take();
            ranks.ShareAll(Write(writer =>
            {
                foreach (LoggedValue value in values)
                {
                    writer.Write(value.Name);
                    writer.Write(value.Value);
                }
            }));
            return values;
        }
        log.Clear();
        using var reader = new BinaryReader(new MemoryStream(ranks.ShareAll(null)));
        var taken = new List<LoggedValue>();
        while (reader.BaseStream.Position < reader.BaseStream.Length)
            taken.Add(new(reader.ReadString(), reader.ReadDouble()));
        return [.. taken];
    }

    private static void GatherToFirst(RankAgreement ranks, EpochLog log, RunningMean[] means)
    {
        byte[][] all = ranks.Gather(ranks.IsFirst ? [] : Write(writer => Write(writer, log, means)));
        if (!ranks.IsFirst)
        {
            log.ForgetMetrics();
            return;
        }
        foreach (byte[] other in all[1..])
        {
            using var reader = new BinaryReader(new MemoryStream(other));
            Merge(reader, log);
        }
    }

    private static byte[] Write(Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        write(writer);
        writer.Flush();
        return stream.ToArray();
    }

    private static void Write(BinaryWriter writer, EpochLog log, RunningMean[] means)
    {
        writer.Write(means.Length);
        foreach (RunningMean mean in means)
        {
            writer.Write(mean.Name);
            writer.Write(mean.Sum);
            writer.Write(mean.Weight);
            writer.Write((int)mean.Kind);
        }
        using var scope = NewDisposeScope();
        foreach ((string name, Tensor rows) in log.SaveMetrics())
        {
            writer.Write(name);
            writer.Write(rows.shape[0]);
            writer.Write(rows.shape[1]);
            writer.Write(rows.bytes);
        }
    }

    private static void Merge(BinaryReader reader, EpochLog log)
    {
        int count = reader.ReadInt32();
        for (int i = 0; i < count; i++)
            log.Merge(new(reader.ReadString(), reader.ReadDouble(), reader.ReadDouble(), (LogKind)reader.ReadInt32()));
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            (string name, long rows, long width) = (reader.ReadString(), reader.ReadInt64(), reader.ReadInt64());
            double[] values = MemoryMarshal.Cast<byte, double>(reader.ReadBytes(checked((int)(rows * width * sizeof(double))))).ToArray();
            using Tensor collected = tensor(values, [rows, width]);
            log.Merge(name, collected);
        }
    }
}
