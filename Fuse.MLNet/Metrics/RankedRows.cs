namespace Fuse.MLNet;

/// <summary>Holds the rows of one class against the rest, to be walked through from the highest score down.</summary>
/// <param name="capacity">The largest number of rows.</param>
internal sealed class RankedRows(int capacity)
{
    // Negative, so that the highest score comes first.
    private readonly double[] _scores = new double[capacity];
    private readonly double[] _signedWeights = new double[capacity];
    private bool _hasNaN;
    private int _count;

    /// <summary>Gets the weight of the rows of the class.</summary>
    public double Positives { get; private set; }

    /// <summary>Gets the weight of the other rows.</summary>
    public double Negatives { get; private set; }

    /// <summary>Gets whether every score is a number, so that there is an order.</summary>
    public bool IsDefined => !_hasNaN;

    /// <summary>Adds a row; one of weight 0 counts for nothing.</summary>
    public void Add(double score, bool isPositive, double weight)
    {
        if (weight == 0)
            return;
        _hasNaN |= double.IsNaN(score);
        _scores[_count] = -score;
        _signedWeights[_count++] = isPositive ? weight : -weight;
        if (isPositive)
            Positives += weight;
        else
            Negatives += weight;
    }

    /// <summary>Walks from the highest score down, rows of one score together: the weights of positive and negative rows above and with that score.</summary>
    public IEnumerable<(double Positives, double Negatives)> Walk()
    {
        Array.Sort(_scores, _signedWeights, 0, _count);
        (double positives, double negatives) = (0, 0);
        for (int i = 0; i < _count; i++)
        {
            if (_signedWeights[i] > 0)
                positives += _signedWeights[i];
            else
                negatives -= _signedWeights[i];
            if (i + 1 == _count || _scores[i + 1] != _scores[i])
                yield return (positives, negatives);
        }
    }
}
