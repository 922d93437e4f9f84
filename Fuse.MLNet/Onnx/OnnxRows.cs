using Microsoft.ML;

namespace Fuse.MLNet;

/// <summary>Holds a few rows that a network is traced and checked on.</summary>
internal sealed class OnnxRows
{
    private const int Most = 10;
    private readonly IReadOnlyList<OnnxInput> _inputs;
    private readonly List<byte[][]> _rows = [];

    /// <summary>Takes the first rows of the data, or invents some when it has none.</summary>
    public OnnxRows(IDataView data, IReadOnlyList<OnnxInput> inputs)
    {
        _inputs = inputs;
        using var cursor = new RowSource(data, [.. inputs.Select(input => input.Binding)]).Open();
        while (_rows.Count < Most && cursor.MoveNext())
            _rows.Add([.. inputs.Select((input, i) => Fill(input, row => cursor.Read(i, row)))]);
        var random = new Random(1);
        for (bool isEmpty = _rows.Count == 0; isEmpty && _rows.Count < Most;)
            _rows.Add([.. inputs.Select(input => Fill(input, row => input.Invent(row, random)))]);
    }

    private delegate void RowFiller(Span<byte> row);

    /// <summary>Gets the inputs' values of a batch of rows, behind each other.</summary>
    /// <param name="first">The first row; behind the last comes the first one.</param>
    /// <param name="count">The number of rows.</param>
    /// <param name="vary">Whether reals are changed at random.</param>
    public byte[][] Take(int first, int count, bool vary = false)
    {
        var random = new Random(first);
        return
        [
            .. _inputs.Select((input, column) => Enumerable.Range(first, count).SelectMany(i => Fill(input, row =>
            {
                _rows[i % _rows.Count][column].CopyTo(row);
                if (vary)
                    input.Vary(row, random);
            })).ToArray()),
        ];
    }

    private static byte[] Fill(OnnxInput input, RowFiller fill)
    {
        byte[] row = new byte[input.Binding.RowBytes];
        fill(row);
        return row;
    }
}
