using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Loads model files that must be refused.</summary>
internal static class Loading
{
    /// <summary>Gets the error behind a failed load: ML.NET makes loaders by reflection and wraps what they throw.</summary>
    public static TException Refused<TException>(MLContext ml, string path)
        where TException : Exception
    {
        Exception outer = Assert.ThrowsExactly<InvalidOperationException>(() => (ml.Model.Load(path, out _) as IDisposable)?.Dispose());
        for (Exception? error = outer; error is not null; error = error.InnerException)
            if (error is TException found)
                return found;
        throw new AssertFailedException($"A {typeof(TException).Name} was expected inside of {outer}");
    }
}
