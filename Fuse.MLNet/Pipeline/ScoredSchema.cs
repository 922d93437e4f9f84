using Microsoft.ML;

namespace Fuse.MLNet;

/// <summary>Binds a model to one input schema: its input columns, its output schema, and which sources an output needs.</summary>
internal sealed class ScoredSchema
{
    public ScoredSchema(DataViewSchema input, IEnumerable<KeyValuePair<string, TensorColumn>> columns, IReadOnlyList<FittedOutput> outputs)
    {
        Input = input;
        Bindings = ColumnBinding.BindAll(input, columns);
        Output = OutputSchema.Build(input, outputs);
        Outputs = new ScoreOutputs(outputs);
    }

    public DataViewSchema Input { get; }

    public DataViewSchema Output { get; }

    public ColumnBinding[] Bindings { get; }

    public ScoreOutputs Outputs { get; }

    /// <summary>Marks the output schema's columns that were asked for.</summary>
    public bool[] Active(IEnumerable<DataViewSchema.Column> columns)
    {
        bool[] active = new bool[Output.Count];
        foreach (DataViewSchema.Column column in columns)
            active[column.Index] = true;
        return active;
    }

    public bool NeedsScores(bool[] active) => active.AsSpan(Input.Count).Contains(true);

    /// <summary>Gets the input columns that the asked-for columns need.</summary>
    public IEnumerable<DataViewSchema.Column> Sources(bool[] active)
    {
        bool scores = NeedsScores(active);
        return Input.Where(column => active[column.Index] || (scores && Bindings.Any(binding => binding.Source.Index == column.Index)));
    }
}
