using System.Numerics;

namespace Fuse.MLNet;

/// <summary>Remembers which rows of a source went to validation, a bit each, to tell a training row's index in the source.</summary>
internal sealed class SetAsideRows
{
    private const int WordBits = 64;
    private readonly List<ulong> _words = [];
    private readonly List<int> _trainingBefore = [];
    private int _training;
    private int _rows;

    /// <summary>Adds the source's next row.</summary>
    public void Add(RowPart part)
    {
        if (_rows % WordBits == 0)
        {
            _words.Add(0);
            _trainingBefore.Add(_training);
        }
        if (part == RowPart.Training)
        {
            _words[^1] |= 1UL << (_rows % WordBits);
            _training++;
        }
        _rows++;
    }

    /// <summary>Gets the index in the source of a training row, by its place among the training rows.</summary>
    public int SourceIndex(int trainingRow)
    {
        // The last word with at most so many training rows before it.
        (int word, int beyond) = (0, _trainingBefore.Count);
        while (beyond - word > 1)
        {
            int middle = (word + beyond) / 2;
            (word, beyond) = _trainingBefore[middle] <= trainingRow ? (middle, beyond) : (word, middle);
        }
        ulong bits = _words[word];
        for (int skip = trainingRow - _trainingBefore[word]; skip > 0; skip--)
            bits &= bits - 1;
        return (word * WordBits) + BitOperations.TrailingZeroCount(bits);
    }
}
