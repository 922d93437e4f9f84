using System.Collections;
using System.Runtime.InteropServices;

namespace Fuse.MLNet;

/// <summary>Treats a value of a batch by what it is: a tensor, an array, or any other object.</summary>
internal static class BatchValue
{
    private const int ShownItems = 3;

    /// <summary>Tells whether a value has something for each row.</summary>
    public static bool HasRows(object value, int rows) => value is Tensor tensor ? tensor.dim() > 0 && tensor.shape[0] == rows
        : value is Array { Rank: 1 } items && items.Length == rows;

    /// <summary>Picks rows of a value that has them.</summary>
    /// <param name="value">The tensor or array.</param>
    /// <param name="rows">The Int64 indices.</param>
    /// <param name="onHost">The indices on the host, once an array needed them.</param>
    public static object SelectRows(object value, Tensor rows, ref long[]? onHost)
    {
        if (value is Tensor tensor)
            return tensor.index_select(0, rows.device_type == tensor.device_type ? rows : rows.to(tensor.device));
        var items = (Array)value;
        onHost ??= Read(rows);
        var picked = Array.CreateInstance(items.GetType().GetElementType()!, onHost.Length);
        for (int i = 0; i < onHost.Length; i++)
            picked.SetValue(items.GetValue(onHost[i]), i);
        return picked;
    }

    /// <summary>Compares tensors by type, shape and elements, arrays by their items, and others as they compare themselves.</summary>
    public static bool AreEqual(object left, object right) => left is Tensor first && right is Tensor second
        ? first.dtype == second.dtype && first.shape.AsSpan().SequenceEqual(second.shape) && first.eq(second.to(first.device)).all().IsTrue()
        : StructuralComparisons.StructuralEqualityComparer.Equals(left, right);

    /// <summary>Describes a value in a few words.</summary>
    public static string? Show(object value) => value switch
    {
        Tensor { IsInvalid: true } => "a tensor that was freed, in a dispose scope of the step's own",
        Tensor tensor => $"{tensor.dtype} [{string.Join(", ", tensor.shape)}]",
        string[] texts => $"String [{texts.Length}] {string.Join(", ", texts.Take(ShownItems).Select(text => $"'{text}'"))}{(texts.Length > ShownItems ? ", ..." : "")}",
        Array { Rank: 1 } items => $"{items.GetType().GetElementType()!.Name} [{items.Length}]",
        _ => value.ToString(),
    };

    private static long[] Read(Tensor rows)
    {
        using var scope = NewDisposeScope();
        return MemoryMarshal.Cast<byte, long>(rows.to(ScalarType.Int64).cpu().contiguous().bytes).ToArray();
    }
}
