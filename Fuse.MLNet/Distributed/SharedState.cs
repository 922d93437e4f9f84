namespace Fuse.MLNet;

/// <summary>Gives every process the first one's weights and buffers, to the bit.</summary>
internal static class SharedState
{
    /// <summary>Copies the first process's values into those of the others.</summary>
    public static void Share(RankAgreement ranks, IEnumerable<KeyValuePair<string, Tensor>> state)
    {
        if (ranks.IsAlone)
            return;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach ((_, Tensor value) in state)
        {
            if (value.numel() == 0)
                continue;
            Tensor host = value.detach().cpu().contiguous().reshape(-1);
            long perPart = Math.Max(1, int.MaxValue / (2 * value.element_size()));
            for (long start = 0; start < host.numel(); start += perPart)
            {
                using Tensor part = host.narrow(0, start, Math.Min(perPart, host.numel() - start));
                ranks.Share(part.bytes);
            }
            if (!ranks.IsFirst)
                value.copy_(host.reshape(value.shape));
        }
    }
}
