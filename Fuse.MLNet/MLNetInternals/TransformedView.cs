using Microsoft.ML;
using Microsoft.ML.Model.OnnxConverter;

namespace Fuse.MLNet;

/// <summary>Is the base of views that add columns to another view.</summary>
/// <remarks>
/// It is ML.NET's internal IDataTransform, so that ML.NET sees that rows come from a source through a step: a plain view would let
/// ConvertToOnnx export a graph without the network and say nothing.
/// </remarks>
internal abstract class TransformedView(IDataView source) : ITransformCanSaveOnnx
{
    public IDataView Source { get; } = source;

    public bool CanShuffle => Source.CanShuffle;

    public abstract DataViewSchema Schema { get; }

    public long? GetRowCount() => Source.GetRowCount();

    public abstract DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    /// <summary>Makes the ONNX graph of the added columns; null where they have none.</summary>
    protected virtual OnnxGraph? ToOnnx() => null;

    bool ICanSaveOnnx.CanSaveOnnx(OnnxContext ctx) => true;

    void ISaveAsOnnx.SaveAsOnnx(OnnxContext ctx)
    {
        using OnnxGraph graph = ToOnnx() ?? throw MLNetErrors.Mark(new NotSupportedException(
            "A stage that appends losses has no ONNX form: convert a model without it."));
        OnnxContextWriter.Write(ctx, graph, Schema);
    }

    void ICanSaveModel.Save(ModelSaveContext ctx) =>
        throw new NotSupportedException("A scored view cannot be saved by itself; save the transformer: mlContext.Model.Save(model, schema, path).");
}
