namespace Fuse.MLNet;

/// <summary>Visits the rows in their own order in every epoch.</summary>
internal sealed class FixedOrder(int[] rows) : RowOrder(rows)
{
    public override int[] OfEpoch(int epoch) => Rows;
}
