using System.Globalization;
using System.Runtime.InteropServices;

namespace Fuse.MLNet;

/// <summary>Keeps what one output predicted for the rows of a validation, beside their labels, on the host.</summary>
/// <param name="samples">How many of the worst rows to keep a picture of.</param>
internal sealed class ReportRows(int samples)
{
    /// <summary>Bounds the memory: 40 MB of scores.</summary>
    private const int MaxValues = 10_000_000;
    private readonly List<float> _scores = [];
    private readonly List<double> _targets = [];
    private readonly PriorityQueue<ReportSample, double> _worst = new();
    private int _seen;

    /// <summary>Gets or sets the output, which rows from a checkpoint learn last.</summary>
    public MeasuredOutput Output { get; set; } = new("", "", Activation.None, "", null);

    /// <summary>Gets the number of processes that keep as many as this one, which the bound is for all of.</summary>
    public int Processes { get; init; } = 1;

    /// <summary>Gets the number of rows with a target.</summary>
    public int Count => _targets.Count;

    /// <summary>Gets the number of scores of a row; 0 while there is none.</summary>
    public int Width { get; private set; }

    /// <summary>Gets whether there were more rows than are kept.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Gets whether rows belong to classes; one score is the probability of class 1.</summary>
    public bool IsClasses => Output.ClassNames is not null || Output.Activation == Activation.Sigmoid;

    /// <summary>Gets the number of classes.</summary>
    public int Classes => Math.Max(2, Width);

    /// <summary>Gets the worst rows, the very worst first.</summary>
    public ReportSample[] Worst => [.. _worst.UnorderedItems.Select(item => item.Element).OrderByDescending(sample => sample.Error).ThenBy(sample => sample.Row)];

    public string ClassName(int index) => Output.ClassNames is { } names && index < names.Count ? names[index] : index.ToString(CultureInfo.InvariantCulture);

    public double Target(int row) => _targets[row];

    /// <summary>Gets the score of a class, or the predicted number.</summary>
    public double Score(int row, int index = 0) => Width > 1 ? _scores[(row * Width) + index]
        : !IsClasses || index == 1 ? _scores[row] : 1 - _scores[row];

    /// <summary>Gets the class with the highest score; null when one is not a number.</summary>
    public int? PredictedClass(int row)
    {
        double[] scores = [.. Enumerable.Range(0, Classes).Select(index => Score(row, index))];
        return scores.Any(double.IsNaN) ? null : Array.IndexOf(scores, scores.Max());
    }

    /// <summary>Takes the rows of a batch; one that holds no scores and labels of the usual shapes is passed over.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="inputKeys">The keys among which a picture is looked for.</param>
    /// <param name="nameOf">Names a row without an id by its number among those of this process.</param>
    public void Add(BatchDict batch, IEnumerable<string> inputKeys, Func<int, string> nameOf)
    {
        using DisposeScope scope = NewDisposeScope();
        int first = _seen;
        _seen += batch.RowCount;
        if (!batch.TryGet<Tensor>(Output.Key, out Tensor? pred) || !batch.TryGet<Tensor>(Output.LabelKey, out Tensor? target)
            || pred.dim() is not (1 or 2) || (pred.dim() == 1 && Output.Activation == Activation.Softmax) || !MetricTable.IsColumn(target) || pred.shape[0] != target.shape[0])
            return;
        Width = pred.dim() == 1 ? 1 : (int)pred.shape[1];
        float[] scores = [.. Output.Activation.Apply(pred).detach().to(ScalarType.Float32).cpu().contiguous().data<float>()];
        double[] targets = [.. target.detach().cpu().to(ScalarType.Float64).contiguous().data<double>()];
        batch.TryGet(BatchKeys.SampleId, out string[]? ids);
        Tensor? pictures = inputKeys.Select(key => batch.TryGet<Tensor>(key, out Tensor? value) && ReportPicture.IsPicture(value) ? value : null).FirstOrDefault(value => value is not null);
        for (int row = 0; row < targets.Length; row++)
        {
            if (double.IsNaN(targets[row]) || targets[row] == TensorColumn.MissingTarget || (IsClasses && !(targets[row] >= 0 && targets[row] < Classes)) || (!IsClasses && Width > 1))
                continue;
            IsCut |= _scores.Count + Width > MaxValues / Processes;
            if (IsCut)
                return;
            _targets.Add(targets[row]);
            _scores.AddRange(scores.AsSpan(row * Width, Width));
            Note(ids?[row] ?? nameOf(first + row), pictures, row);
        }
    }

    /// <summary>Writes the rows for another process.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write(Width);
        writer.Write(Count);
        writer.Write(IsCut);
        writer.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_scores)));
        writer.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_targets)));
        ReportSample[] worst = Worst;
        writer.Write(worst.Length);
        foreach (ReportSample sample in worst)
            writer.Write(sample.Save());
    }

    /// <summary>Adds the rows that another process wrote.</summary>
    public void Merge(BinaryReader reader)
    {
        (int width, int count, bool isCut) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadBoolean());
        float[] scores = MemoryMarshal.Cast<byte, float>(reader.ReadBytes(checked(count * width * sizeof(float)))).ToArray();
        double[] targets = MemoryMarshal.Cast<byte, double>(reader.ReadBytes(checked(count * sizeof(double)))).ToArray();
        ReportSample[] worst = [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => ReportSample.Load(reader.ReadString()))];
        IsCut |= isCut;
        if (count == 0)
            return;
        foreach (ReportSample sample in worst)
            Keep(sample with { Row = sample.Row + Count });
        Width = width;
        _scores.AddRange(scores);
        _targets.AddRange(targets);
    }

    /// <summary>Writes the rows into a checkpoint.</summary>
    public void Save(CallbackState state, int output)
    {
        string name = Name(output);
        state.Tensors[$"{name}.scores"] = tensor(_scores.ToArray(), [Count, Width]);
        state.Tensors[$"{name}.targets"] = tensor(_targets.ToArray());
        foreach ((int index, ReportSample sample) in Worst.Index())
            state.Values[SampleName(output, index)] = sample.Save();
    }

    /// <summary>Reads what <see cref="Save"/> wrote, of one output after the other.</summary>
    public static IEnumerable<ReportRows> Load(CallbackState state, int samples)
    {
        for (int output = 0; state.Tensors.TryGetValue($"{Name(output)}.scores", out Tensor? scores); output++)
        {
            var rows = new ReportRows(samples) { Width = (int)scores.shape[1] };
            rows._scores.AddRange(scores.data<float>());
            rows._targets.AddRange(state.Tensors[$"{Name(output)}.targets"].data<double>());
            for (int index = 0; state.Values.TryGetValue(SampleName(output, index), out string? sample); index++)
                rows.Keep(ReportSample.Load(sample));
            yield return rows;
        }
    }

    private static string Name(int output) => FormattableString.Invariant($"rows.{output}");

    private static string SampleName(int output, int index) => FormattableString.Invariant($"rows.{output}.sample.{index}");

    private void Note(string id, Tensor? pictures, int batchRow)
    {
        int row = Count - 1;
        double error = IsClasses ? 1 - Score(row, (int)Target(row)) : Math.Abs(Score(row) - Target(row));
        if (samples > 0 && !double.IsNaN(error) && (_worst.Count < samples || error > _worst.Peek().Error))
            Keep(new ReportSample(row, error, id, pictures is null ? null : ReportPicture.Draw(pictures, batchRow)));
    }

    private void Keep(ReportSample sample)
    {
        _worst.Enqueue(sample, sample.Error);
        if (_worst.Count > samples)
            _worst.Dequeue();
    }
}
