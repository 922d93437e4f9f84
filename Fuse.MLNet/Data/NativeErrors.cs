namespace Fuse.MLNet;

/// <summary>Shortens libtorch's error texts, which carry a native stack trace.</summary>
internal static class NativeErrors
{
    private const string InScript = "\nRuntimeError: ";

    /// <summary>Gets the line of an error's message that says what is wrong: the first, or, behind the calls of a TorchScript, the last one of its own.</summary>
    public static string FirstLine(Exception error)
    {
        string message = error.Message.TrimStart();
        int cause = message.LastIndexOf(InScript, StringComparison.Ordinal);
        if (cause >= 0)
            message = message[(cause + InScript.Length)..];
        int end = message.IndexOf('\n', StringComparison.Ordinal);
        return (end < 0 ? message : message[..end]).TrimEnd();
    }
}
