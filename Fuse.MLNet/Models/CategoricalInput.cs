namespace Fuse.MLNet;

/// <summary>Names a batch key of class indices, such as a key column gives, that <see cref="ModelTabular"/> embeds.</summary>
public sealed record CategoricalInput
{
    /// <summary>Names a categorical input.</summary>
    /// <param name="key">The batch key of Int64 indices <c>[N]</c> or <c>[N, M]</c>, counted from 0; negative ones are missing.</param>
    /// <param name="count">The number of categories. Default: 0, as many as the key column has.</param>
    /// <param name="width">The number of indices a row. Default: 0, as the data has them.</param>
    /// <exception cref="ArgumentException">The key is no batch key, or a number is negative.</exception>
    public CategoricalInput(string key, long count = 0, long width = 0) => (Key, Count, Width) = (key, count, width);

    /// <summary>Gets the batch key.</summary>
    public string Key { get; init => field = ModelOption.Key(value); }

    /// <summary>Gets the number of categories; 0 takes it from the data.</summary>
    public long Count { get; init => field = ModelOption.NotNegative(value); }

    /// <summary>Gets the number of indices a row; 0 takes it from the data.</summary>
    public long Width { get; init => field = ModelOption.NotNegative(value); }

    /// <summary>Gets the size of the embedding of an index: 1.6 times the number of categories to the power of 0.56, at most 50, as fastai has it.</summary>
    internal long EmbeddingSize => Math.Min(50, (long)Math.Round(1.6 * Math.Pow(Count, 0.56)));
}
