using Microsoft.ML.Runtime;

namespace Fuse.MLNet;

/// <summary>Marks exceptions as ML.NET marks its own, so that they reach the caller unwrapped.</summary>
internal static class MLNetErrors
{
    public static TException Mark<TException>(TException exception)
        where TException : Exception => Contracts.Mark(exception);

    /// <summary>Tells whether an exception carries ML.NET's mark.</summary>
    public static bool IsMarked(Exception exception) => exception.IsMarked();

    /// <summary>Makes the type of exception that ML.NET's own steps throw when a schema does not fit.</summary>
    public static ArgumentException SchemaMismatch(string message, string inputSchema = "inputSchema") =>
        Mark(new ArgumentOutOfRangeException(inputSchema, message));
}
