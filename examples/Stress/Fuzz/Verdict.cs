using System.Runtime.InteropServices;

namespace Fuse.MLNet.Examples.Stress;

/// <summary>Judges how loading a mutated file ended.</summary>
internal static class Verdict
{
    private const int LongestMessage = 20_000;

    /// <summary>Names what is wrong with an error, or gives null when it is one that the documentation names, with a message.</summary>
    /// <param name="error">The error that came out.</param>
    /// <param name="format">What was mutated.</param>
    public static string? WhatIsWrong(Exception error, Format format)
    {
        Exception[] chain = [.. Chain(error)];
        // These are no refusals, whatever wraps them.
        if (chain.FirstOrDefault(inner => inner is NullReferenceException or IndexOutOfRangeException or InvalidCastException or OutOfMemoryException or AccessViolationException or SEHException
            or DivideByZeroException or InsufficientExecutionStackException) is { } wild && format != Format.MLNet)
            return $"a {wild.GetType().Name} is no refusal: {wild}";
        Exception? refusal = format switch
        {
            // What ML.NET's own loading throws is its own affair.
            Format.MLNet => error,
            Format.Archive => chain.FirstOrDefault(IsRefusal) ?? error,
            // A run of NaN weights diverges, and a checkpoint of another run says so.
            Format.Checkpoint => chain.FirstOrDefault(inner => IsRefusal(inner) || inner is InvalidOperationException),
            _ => error is InvalidOperationException ? chain.FirstOrDefault(IsRefusal) : null,
        };
        if (refusal is null)
            return $"a {error.GetType().Name} is not documented: {error}";
        return refusal.Message.Length is > 0 and < LongestMessage ? null : $"its message has {refusal.Message.Length} characters: {refusal.Message[..Math.Min(200, refusal.Message.Length)]}";
    }

    private static bool IsRefusal(Exception error) => error is InvalidDataException or TypeLoadException or UnauthorizedAccessException;

    private static IEnumerable<Exception> Chain(Exception error)
    {
        for (Exception? inner = error; inner is not null; inner = inner.InnerException)
            yield return inner;
    }
}
