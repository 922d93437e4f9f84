namespace Fuse.MLNet;

/// <summary>Is a whole number of a traced run: the same whatever the number of rows, or so many a row.</summary>
internal readonly record struct TracedSize(long Value, bool IsPerRow = false)
{
    public override string ToString() => IsPerRow ? Value == 1 ? "N" : $"{Value} N" : $"{Value}";
}
