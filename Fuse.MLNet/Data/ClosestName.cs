namespace Fuse.MLNet;

/// <summary>Finds the names nearest to a mistyped one, for error messages.</summary>
internal static class ClosestName
{
    /// <summary>Writes a hint such as <c>Did you mean 'Pixels'?</c>, or the list of names when none is near, or nothing when there are none.</summary>
    public static string Hint(string wanted, IEnumerable<string> names)
    {
        string[] all = [.. names.Distinct(StringComparer.Ordinal)];
        string[] near =
        [
            .. all.Select(name => (name, distance: Distance(wanted, name)))
                .Where(pair => pair.distance <= Math.Max(2, wanted.Length / 3))
                .OrderBy(pair => pair.distance).ThenBy(pair => pair.name, StringComparer.Ordinal)
                .Take(3).Select(pair => $"'{pair.name}'"),
        ];
        return near.Length > 0 ? $"Did you mean {string.Join(" or ", near)}?"
            : all.Length > 0 ? $"There are: {string.Join(", ", all.Take(20).Select(name => $"'{name}'"))}{(all.Length > 20 ? ", ..." : "")}."
            : "There are none.";
    }

    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int change = char.ToUpperInvariant(left[i - 1]) == char.ToUpperInvariant(right[j - 1]) ? 0 : 1;
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + change));
            }
        }
        return row[^1];
    }
}
