namespace Fuse.MLNet;

/// <summary>Names a set of rows that a module is measured on.</summary>
/// <param name="Prefix">Where its logged names begin, such as <c>validation</c> or <c>validation.night</c>.</param>
/// <param name="Rows">The rows.</param>
internal sealed record MeasuredRows(string Prefix, IBatchSource Rows);
