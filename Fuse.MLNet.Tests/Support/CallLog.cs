using System.Collections.Concurrent;

namespace Fuse.MLNet.Tests;

/// <summary>Holds lists of calls by name, for modules that are made from descriptions and so cannot be given a list.</summary>
internal static class CallLog
{
    private static readonly ConcurrentDictionary<string, List<string>> Lists = new();

    public static List<string> Of(string name) => Lists.GetOrAdd(name, _ => []);
}
