namespace Fuse.MLNet;

/// <summary>Computes a loss inside another.</summary>
internal static class NestedLoss
{
    /// <summary>Computes a loss's terms with its own preprocessing and weight in them.</summary>
    public static LossTerms Compute(LossBase loss, BatchDict batch, nn.Module? module)
    {
        BatchDict seen = loss.Preprocess?.Invoke(batch) ?? batch;
        LossTerms terms = loss.Compute(seen, module);
        if (terms.Values.dim() == 0)
            terms = terms with { RowCount = terms.RowCount ?? seen.RowCount };
        else if (loss.Preprocess is not null && terms.Rows is null && batch.TryGet<Tensor>(BatchKeys.ExampleWeight, out Tensor? weights) && weights.shape[0] != terms.Values.shape[0])
            throw new ArgumentException($"the {nameof(LossBase.Preprocess)} of {loss.GetType().Name} leaves rows out, which example weights cannot follow inside another loss; " +
                "set it on the outer loss instead");
        return loss.Weight == 1 || terms.IsReduced ? terms : terms with { Values = terms.Values * loss.Weight };
    }

    /// <summary>Names why a description that holds another cannot be saved, or null when it can.</summary>
    public static string? WhyNotSavable(LossBase loss) => loss.WhyNotSavable() ?? (loss.GetType().Assembly == typeof(LossBase).Assembly ? null
        : $"it holds {loss.GetType().Name}, a class of your own, which a file can only hold by itself");
}
