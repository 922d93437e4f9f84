using System.Globalization;
using System.Runtime.InteropServices;

namespace Fuse.MLNet.Tests;

/// <summary>Holds what a run came to: the weights, and each logged value.</summary>
internal sealed record RankResult(double[] Weights, double[] Logged, StopReason StopReason)
{
    public static RankResult Of(FuseTransformer model) => new([.. model.Network.state_dict().SelectMany(entry => Numbers(entry.Value))],
        [.. model.History.Epochs.SelectMany(epoch => epoch.Values.Select(value => value.Value))], model.StopReason);

    public void Save(string path) => File.WriteAllLines(path, [StopReason.ToString(), Text(Weights), Text(Logged)]);

    public static RankResult Load(string path)
    {
        string[] lines = File.ReadAllLines(path);
        return new(Parse(lines[1]), Parse(lines[2]), Enum.Parse<StopReason>(lines[0]));
    }

    private static string Text(double[] values) => string.Join(' ', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));

    private static double[] Parse(string line) => [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(value => double.Parse(value, CultureInfo.InvariantCulture))];

    private static double[] Numbers(Tensor value)
    {
        using Tensor numbers = value.detach().cpu().to(ScalarType.Float64).contiguous();
        return MemoryMarshal.Cast<byte, double>(numbers.bytes).ToArray();
    }
}
