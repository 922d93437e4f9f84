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
            GatherToFirst(ranks, log, hasMeans: false);
        }
        log.EndMetrics();
    }

    /// <summary>Ends an epoch: gets its values over the rows of all processes, the same in each, and starts over.</summary>
    /// <exception cref="InvalidOperationException">Two values have one name, or a metric failed.</exception>
    public static LoggedValue[] Take(RankAgreement ranks, EpochLog log)
    {
        if (ranks.IsAlone)
            return log.Take();
        GatherToFirst(ranks, log, hasMeans: true);
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

    /// <summary>Writes what a process logged.</summary>
    public static byte[] Write(LoggedPart part) => Write(writer =>
    {
        writer.Write(part.Means.Count);
        foreach (RunningMean mean in part.Means)
        {
            writer.Write(mean.Name);
            writer.Write(mean.Sum);
            writer.Write(mean.Weight);
            writer.Write((int)mean.Kind);
        }
        foreach ((string name, Tensor rows) in part.Rows)
        {
            writer.Write(name);
            writer.Write(rows.shape[0]);
            writer.Write(rows.shape[1]);
            writer.Write(rows.bytes);
        }
    });

    /// <summary>Reads what <see cref="Write(LoggedPart)"/> wrote, into the current dispose scope.</summary>
    public static LoggedPart Read(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        RunningMean[] means = [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => new RunningMean(reader.ReadString(), reader.ReadDouble(), reader.ReadDouble(), (LogKind)reader.ReadInt32()))];
        var metrics = new Dictionary<string, Tensor>();
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            (string name, long rows, long width) = (reader.ReadString(), reader.ReadInt64(), reader.ReadInt64());
            metrics[name] = tensor(MemoryMarshal.Cast<byte, double>(reader.ReadBytes(checked((int)(rows * width * sizeof(double))))).ToArray(), [rows, width]);
        }
        return new(means, metrics);
    }

    private static void GatherToFirst(RankAgreement ranks, EpochLog log, bool hasMeans)
    {
        using var scope = NewDisposeScope();
        byte[][] all = ranks.Gather(ranks.IsFirst ? [] : Write(hasMeans ? log.Part() : log.Part() with { Means = [] }));
        if (!ranks.IsFirst)
        {
            log.ForgetMetrics();
            return;
        }
        foreach (byte[] other in all[1..])
        {
            LoggedPart part = Read(other);
            foreach (RunningMean mean in part.Means)
                log.Merge(mean);
            foreach ((string name, Tensor rows) in part.Rows)
                log.Merge(name, rows);
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
}
