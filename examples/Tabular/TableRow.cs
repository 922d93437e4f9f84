using Microsoft.ML.Data;

namespace Fuse.MLNet.Examples.Tabular;

/// <summary>Is a row of a table.</summary>
internal sealed class TableRow
{
    /// <summary>Gets or sets what is to be predicted: a number, a class or 0 and 1.</summary>
    public float Label { get; set; }

    /// <summary>Gets or sets the numbers; NaN is a missing one.</summary>
    public float[] Features { get; set; } = [];

    /// <summary>Gets or sets a category, or an empty text in tables without one.</summary>
    public string Category { get; set; } = "";

    /// <summary>Makes the schema of rows of so many features.</summary>
    public static SchemaDefinition Schema(int features)
    {
        var schema = SchemaDefinition.Create(typeof(TableRow));
        schema[nameof(Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, features);
        return schema;
    }
}
