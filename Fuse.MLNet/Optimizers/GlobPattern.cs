namespace Fuse.MLNet;

/// <summary>Matches parameter names with patterns in which * stands for any text and ? for one character.</summary>
internal static class GlobPattern
{
    /// <summary>Tells whether the whole name matches.</summary>
    public static bool Matches(string pattern, string name)
    {
        (int p, int n, int star, int resume) = (0, 0, -1, 0);
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
                (star, resume) = (p++, n);
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == name[n]))
                (p, n) = (p + 1, n + 1);
            else if (star >= 0)
                // The last star takes one character more; that no star before it has to is why this is quick.
                (p, n) = (star + 1, ++resume);
            else
                return false;
        }
        return pattern.AsSpan(p).Trim('*').IsEmpty;
    }

    /// <summary>Checks that each pattern matches a name.</summary>
    /// <param name="patterns">The patterns.</param>
    /// <param name="names">The names, such as those of a network's parameters.</param>
    /// <param name="what">Names the option that holds the patterns, for the error.</param>
    /// <exception cref="ArgumentException">A pattern matches none; the message names near ones.</exception>
    public static void Check(IEnumerable<string> patterns, IReadOnlyCollection<string> names, string what)
    {
        foreach (string pattern in patterns)
            if (!names.Any(name => Matches(pattern, name)))
                throw MLNetErrors.Mark(new ArgumentException(
                    $"The pattern '{pattern}' of {what} matches no parameter. {ClosestName.Hint(pattern, names)} In a pattern, * stands for any text and ? for one character."));
    }
}
