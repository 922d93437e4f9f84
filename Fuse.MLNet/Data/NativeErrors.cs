namespace Fuse.MLNet;

/// <summary>Shortens libtorch's error texts, which carry a native stack trace.</summary>
internal static class NativeErrors
{
    /// <summary>Gets the first line of an error's message.</summary>
    public static string FirstLine(Exception error)
    {
        string message = error.Message.TrimStart();
        int end = message.IndexOf('\n', StringComparison.Ordinal);
        return (end < 0 ? message : message[..end]).TrimEnd();
    }
}
