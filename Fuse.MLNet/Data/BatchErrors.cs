using System.Runtime.InteropServices;

namespace Fuse.MLNet;

/// <summary>Rewrites the errors of networks, which come as native traces, to name where they came up and what the batch holds.</summary>
internal static class BatchErrors
{
    /// <summary>Runs a part of the work on a batch.</summary>
    /// <param name="failed">Says what failed and where, such as <c>The network failed on the first batch</c>.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="run">The work.</param>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static T Guard<T>(Func<string> failed, BatchDict batch, Func<T> run)
    {
        try
        {
            return run();
        }
        catch (Exception error) when (IsOfTheBatch(error))
        {
            throw Describe(failed(), batch, error);
        }
    }

    /// <summary>Makes the error of a part of the work that failed.</summary>
    public static Exception Describe(string failed, BatchDict batch, Exception error) => MLNetErrors.Mark(new InvalidOperationException(
        $"{failed}: {NativeErrors.FirstLine(error)}{Environment.NewLine}The batch holds:{Environment.NewLine}{batch}", error));

    /// <summary>Tells whether an error is one that <see cref="Describe"/> makes clearer.</summary>
    /// <remarks>What is marked already says where it comes from; InvalidOperationException has subclasses that mean something to the caller.</remarks>
    public static bool IsOfTheBatch(Exception error) => !MLNetErrors.IsMarked(error)
        && (error is ExternalException or ArgumentException or KeyNotFoundException || error.GetType() == typeof(InvalidOperationException));
}
