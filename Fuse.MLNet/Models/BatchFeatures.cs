using System.Runtime.InteropServices;

namespace Fuse.MLNet;

/// <summary>Reads tensors of a batch for networks and heads, and names keys and shapes where something does not fit.</summary>
internal static class BatchFeatures
{
    /// <summary>Concatenates the values of keys on their channels, dimension 1; a number a row counts as one channel.</summary>
    /// <exception cref="InvalidOperationException">The shapes differ elsewhere than in dimension 1.</exception>
    public static Tensor Concat(BatchDict batch, IReadOnlyList<string> keys)
    {
        Tensor[] parts = [.. keys.Select(key => batch[key]).Select(value => value.dim() == 1 ? value.unsqueeze(1) : value)];
        if (parts.Length == 1)
            return parts[0];
        long[] first = parts[0].shape;
        return parts.All(part => part.dim() == first.Length && part.shape[0] == first[0] && part.shape.AsSpan(2).SequenceEqual(first.AsSpan(2))) ? cat(parts, 1)
            : throw new InvalidOperationException($"the inputs cannot be joined on dimension 1, because they differ in another one: {Describe(batch, keys)}");
    }

    /// <summary>Concatenates columns of numbers, <c>[N]</c> or <c>[N, T]</c>, to real numbers <c>[N, T]</c>.</summary>
    public static Tensor Tabular(BatchDict batch, IReadOnlyList<string> keys, long channels, string user)
    {
        foreach (string key in keys)
            if (batch[key].dim() > 2)
                throw new InvalidOperationException($"{user} reads '{key}' as tabular, [N] or [N, T], but it is {Shape(batch[key])}");
        Tensor table = Concat(batch, keys);
        Check(table, channels, user, batch, keys);
        return table.is_floating_point() ? table : table.to(ScalarType.Float32);
    }

    /// <summary>Throws unless a value has as many channels as its reader was built for.</summary>
    public static void Check(Tensor value, long channels, string user, BatchDict batch, IReadOnlyList<string> keys)
    {
        if (value.dim() < 2 || value.shape[1] != channels)
            throw new InvalidOperationException($"{user} was built for {channels} channels in dimension 1, but it reads {Describe(batch, keys)}");
    }

    /// <summary>Calls a network and names it and its inputs when it fails.</summary>
    public static T Call<T>(string user, BatchDict batch, IReadOnlyList<string> keys, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception error) when (error is ExternalException or ArgumentException && !MLNetErrors.IsMarked(error))
        {
            throw new InvalidOperationException($"{user} failed on {Describe(batch, keys)}: {NativeErrors.FirstLine(error)}", error);
        }
    }

    /// <summary>Makes a function that reads a network's inputs from the batch and gives its one output.</summary>
    /// <param name="network">The network.</param>
    /// <param name="user">What the network is to the model, for error messages.</param>
    /// <param name="keys">The keys of its inputs.</param>
    /// <param name="isJoined">Whether the inputs are joined to one tensor; else each is an argument.</param>
    public static Func<BatchDict, Tensor> Reader(nn.Module network, string user, IReadOnlyList<string> keys, bool isJoined = true)
    {
        Func<Tensor[], Tensor[]> call = ModuleCall.Of(network, isJoined ? 1 : keys.Count);
        return batch =>
        {
            Tensor[] inputs = isJoined ? [Concat(batch, keys)] : [.. keys.Select(key => batch[key])];
            return Single(user, Call(user, batch, keys, () => call(inputs)));
        };
    }

    /// <summary>Gets the one output of a network.</summary>
    public static Tensor Single(string user, Tensor[] outputs) => outputs.Length == 1 ? outputs[0]
        : throw new InvalidOperationException($"{user} gave {outputs.Length} tensors; expected one of features [N, C, ...]");

    /// <summary>Gets the number of channels of a value: its dimension 1, or 1 for a number a row.</summary>
    public static long Channels(Tensor value) => value.dim() < 2 ? 1 : value.shape[1];

    /// <summary>Averages features <c>[N, C, ...]</c> over all but their first two dimensions.</summary>
    public static Tensor Mean(Tensor features) => features.dim() <= 2 ? features : features.flatten(2).mean([2]);

    /// <summary>Takes the maximum of features <c>[N, C, ...]</c> over all but their first two dimensions.</summary>
    public static Tensor Max(Tensor features) => features.dim() <= 2 ? features : features.flatten(2).max(2).values;

    public static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";

    private static string Describe(BatchDict batch, IEnumerable<string> keys) => string.Join(" and ", keys.Select(key => $"'{key}' {Shape(batch[key])}"));
}
