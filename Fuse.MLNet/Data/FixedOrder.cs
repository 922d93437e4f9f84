namespace Fuse.MLNet;

/// <summary>Visits the rows in their own order in every epoch.</summary>
internal sealed class FixedOrder(int count) : RowOrder(count)
{
    public override int[]? OfEpoch(int epoch) => null;
}
