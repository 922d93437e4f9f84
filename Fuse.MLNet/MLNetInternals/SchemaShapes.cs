using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Makes promised schemas and their columns; ML.NET's own ways to do so are internal.</summary>
internal static class SchemaShapes
{
    /// <summary>Gets the shape of a schema, without hidden columns.</summary>
    public static SchemaShape Of(DataViewSchema schema) => SchemaShape.Create(schema);

    public static SchemaShape.Column Column(string name, SchemaShape.Column.VectorKind kind, DataViewType itemType, bool isKey = false,
        IEnumerable<SchemaShape.Column>? annotations = null) =>
        new(name, kind, itemType, isKey, annotations is null ? null : new SchemaShape(annotations));
}
