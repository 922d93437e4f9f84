using Microsoft.ML;

namespace Fuse.MLNet.Examples.Tabular;

/// <summary>Is a table to learn from: its rows have <c>Label</c> (Single) and <c>Features</c>, and some a text <c>Category</c>.</summary>
/// <param name="Name">The name.</param>
/// <param name="Task">What the label is.</param>
/// <param name="Rows">The rows.</param>
/// <param name="HasCategory">Whether the category tells something.</param>
internal sealed record Table(string Name, TableTask Task, IDataView Rows, bool HasCategory = false);
