using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Reads rows of any type as plain values that can be compared: vectors dense, images as their pixels, text as strings.</summary>
internal static class RowValues
{
    /// <summary>Opens a column of a row or cursor.</summary>
    public static Func<object> Open(DataViewRow row, DataViewSchema.Column column)
    {
        bool isVector = column.Type is VectorDataViewType;
        Type raw = isVector ? ((VectorDataViewType)column.Type).ItemType.RawType : column.Type.RawType;
        return (Func<object>)typeof(RowValues).GetMethod(isVector ? nameof(Vector) : nameof(Scalar), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod(raw).Invoke(null, [row, column])!;
    }

    /// <summary>Reads all rows of columns, one object array a row.</summary>
    public static Dictionary<DataViewRowId, object[]> ReadAll(IEnumerable<DataViewRowCursor> cursors, IReadOnlyList<DataViewSchema.Column> columns)
    {
        var rows = new Dictionary<DataViewRowId, object[]>();
        foreach (DataViewRowCursor cursor in cursors)
            using (cursor)
            {
                Func<object>[] getters = [.. columns.Select(column => Open(cursor, column))];
                ValueGetter<DataViewRowId> id = cursor.GetIdGetter();
                DataViewRowId key = default;
                while (cursor.MoveNext())
                {
                    id(ref key);
                    rows.Add(key, [.. getters.Select(getter => getter())]);
                }
            }
        return rows;
    }

    /// <summary>Checks that two values are equal, numbers of Single up to a tolerance.</summary>
    public static void AreEqual(object expected, object actual, float tolerance, string what)
    {
        if (expected is float[] left && actual is float[] right && left.Length == right.Length && tolerance > 0)
        {
            for (int i = 0; i < left.Length; i++)
                Assert.AreEqual(left[i], right[i], tolerance, $"{what}, value {i}");
        }
        else if (expected is float one && actual is float other && tolerance > 0)
            Assert.AreEqual(one, other, tolerance, what);
        else if (expected is Array values)
            CollectionAssert.AreEqual(values, (Array)actual, what);
        else
            Assert.AreEqual(expected, actual, what);
    }

    private static Func<object> Scalar<T>(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<T> getter = row.GetGetter<T>(column);
        T value = default!;
        return () =>
        {
            getter(ref value);
            return Plain(value);
        };
    }

    private static Func<object> Vector<T>(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<VBuffer<T>> getter = row.GetGetter<VBuffer<T>>(column);
        VBuffer<T> value = default;
        return () =>
        {
            getter(ref value);
            return value.DenseValues().Select(item => Plain(item)).ToArray() is var items && typeof(T) == typeof(float) ? items.Cast<float>().ToArray() : items;
        };
    }

    private static object Plain<T>(T value) => value switch
    {
        ReadOnlyMemory<char> text => text.ToString(),
        MLImage image => image.Pixels.ToArray(),
        _ => value!,
    };
}
