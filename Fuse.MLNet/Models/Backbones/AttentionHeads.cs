namespace Fuse.MLNet;

/// <summary>Computes scaled dot-product attention over several heads.</summary>
internal static class AttentionHeads
{
    /// <summary>Attends from queries <c>[N, T, heads * d]</c> to keys and values <c>[N, S, heads * d]</c>, as <c>[N, T, heads * d]</c>.</summary>
    /// <param name="queries">What asks.</param>
    /// <param name="keys">What is asked.</param>
    /// <param name="values">What is answered.</param>
    /// <param name="heads">The number of heads.</param>
    /// <param name="dropout">The probability that a link is left out.</param>
    /// <param name="mask">Which keys count, Boolean <c>[N, S]</c>; null for all.</param>
    public static Tensor Attend(Tensor queries, Tensor keys, Tensor values, long heads, double dropout, Tensor? mask = null)
    {
        Tensor Split(Tensor x) => x.reshape(x.shape[0], x.shape[1], heads, x.shape[2] / heads).transpose(1, 2);
        Tensor? shown = mask?.unsqueeze(1).unsqueeze(1);
        Tensor x = nn.functional.scaled_dot_product_attention(Split(queries), Split(keys), Split(values), shown, dropout);
        return x.transpose(1, 2).flatten(2);
    }
}
