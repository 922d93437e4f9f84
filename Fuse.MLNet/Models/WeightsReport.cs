namespace Fuse.MLNet;

/// <summary>Says which weights of a file went into a network and which did not.</summary>
public sealed record WeightsReport
{
    private const int Shown = 5;

    /// <summary>Gets the path of the file.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the names of the network that were filled.</summary>
    public required ValueList<string> Loaded { get; init; }

    /// <summary>Gets the names of the network that the file lacks; they kept their values.</summary>
    public required ValueList<string> Missing { get; init; }

    /// <summary>Gets the names of the file, as they stand in it, that the network lacks.</summary>
    public required ValueList<string> Unexpected { get; init; }

    /// <summary>Gets the names whose shape or kind of number differs, with both; they kept their values.</summary>
    public required ValueList<string> Mismatched { get; init; }

    /// <summary>Gets whether nothing was missing, unexpected or mismatched.</summary>
    public bool IsComplete => Missing.Count + Unexpected.Count + Mismatched.Count == 0;

    /// <summary>Writes the counts and the first names of each list.</summary>
    public override string ToString() => $"The weights file '{Path}' fits {Loaded.Count} of {Loaded.Count + Missing.Count + Mismatched.Count} weights of the network" +
        $"{Part("missing in the file", Missing)}{Part("unknown to the network", Unexpected)}{Part("of another shape or type", Mismatched)}.";

    private static string Part(string what, ValueList<string> names) => names.Count == 0 ? ""
        : $"; {names.Count} {what}: {string.Join(", ", names.Take(Shown))}{(names.Count > Shown ? ", ..." : "")}";
}
