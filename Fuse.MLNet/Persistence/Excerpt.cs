namespace Fuse.MLNet;

/// <summary>Cuts texts that messages quote from files, which may be of any length.</summary>
internal static class Excerpt
{
    private const int Most = 500;

    /// <summary>Gets the text, or its beginning and how long it is.</summary>
    public static string Of(string text) => text.Length <= Most ? text : $"{text[..Most]}... ({text.Length} characters)";
}
