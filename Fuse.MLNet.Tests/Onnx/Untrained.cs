using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Makes models of networks that were not trained, with rows for them.</summary>
internal static class Untrained
{
    /// <summary>Makes a model whose column Score is the output of a network over the columns A, B and so on.</summary>
    /// <param name="network">The network.</param>
    /// <param name="shapes">The shape of each input.</param>
    /// <param name="output">The shape of the output.</param>
    /// <param name="fill">Sets the weights; by default they are as the network is built.</param>
    public static FuseTransformer Model(Network network, long[][] shapes, long[] output, Action<nn.Module>? fill = null)
    {
        var columns = new OrderedDictionary<string, TensorColumn>();
        foreach ((int i, long[] shape) in shapes.Index())
            columns.Add($"data.{i}", new TensorColumn(Name(i), shape));
        FuseModel model = new ModelWrapSeqToDict { Model = network, Inputs = [.. columns.Keys], Outputs = ["model.output"] };
        return FuseTransformer.Create(
            new ModelDescription
            {
                FuseVersion = "",
                TorchSharpVersion = "",
                Columns = columns,
                Model = model,
                BatchSize = 4,
                Seed = 1,
                History = new History([]),
                StopReason = StopReason.Completed,
                Outputs = [new FittedOutput { Name = "Score", Key = "model.output", Activation = Activation.None, Kind = OutputKind.Vector, Shape = output }],
            },
            CPU, module => fill?.Invoke(module));
    }

    /// <summary>Makes rows of normally distributed reals, or of whole numbers below a vocabulary's size where that is not 0.</summary>
    public static IDataView Rows(MLContext ml, int count, long[][] shapes, long[] vocabularies)
    {
        var random = new Random(7);
        var schema = SchemaDefinition.Create(typeof(Row));
        for (int i = 0; i < 4; i++)
        {
            string name = Name(i / 2);
            bool isWhole = i % 2 == 1;
            int size = i / 2 < shapes.Length && (vocabularies[i / 2] > 0) == isWhole ? (int)shapes[i / 2].Aggregate(1L, (product, dimension) => product * dimension) : 1;
            SchemaDefinition.Column column = schema.Single(other => other.MemberName == name + (isWhole ? "Ids" : ""));
            column.ColumnType = new VectorDataViewType(isWhole ? NumberDataViewType.Int64 : NumberDataViewType.Single, size);
            column.ColumnName = i / 2 < shapes.Length && (vocabularies[i / 2] > 0) == isWhole ? name : $"{name} unused {i}";
        }
        return ml.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(_ => new Row
        {
            A = Reals(0),
            AIds = Ids(0),
            B = Reals(1),
            BIds = Ids(1),
        }).ToArray(), schema);

        int Size(int i, bool isWhole) => i < shapes.Length && (vocabularies[i] > 0) == isWhole ? (int)shapes[i].Aggregate(1L, (product, dimension) => product * dimension) : 1;
        float[] Reals(int i) => [.. Enumerable.Range(0, Size(i, isWhole: false)).Select(_ => (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 2)];
        long[] Ids(int i) => [.. Enumerable.Range(0, Size(i, isWhole: true)).Select(_ => random.NextInt64(i < vocabularies.Length ? Math.Max(1, vocabularies[i]) : 1))];
    }

    private static string Name(int i) => ((char)('A' + i)).ToString();

    private sealed class Row
    {
        public float[] A { get; set; } = [];

        public long[] AIds { get; set; } = [];

        public float[] B { get; set; } = [];

        public long[] BIds { get; set; } = [];
    }
}
