namespace Fuse.MLNet;

/// <summary>Builds the tables that metrics collect.</summary>
internal static class MetricTable
{
    /// <summary>Is the class index of a missing target; held, because nothing keeps a Scalar alive while native code reads it.</summary>
    public static readonly Scalar Missing = TensorColumn.MissingTarget;

    /// <summary>Is zero, held like <see cref="Missing"/>.</summary>
    public static readonly Scalar Zero = 0L;

    /// <summary>Joins columns <c>[N]</c> and tables <c>[N, k]</c> of any real type into one Float64 table.</summary>
    /// <exception cref="ArgumentException">They have different rows.</exception>
    public static Tensor Join(params ReadOnlySpan<Tensor> parts)
    {
        var columns = new List<Tensor>();
        foreach (Tensor part in parts)
            columns.Add(Wide(part.dim() == 1 ? part.unsqueeze(1) : part).to(Wide(parts[0]).device));
        return columns.TrueForAll(column => column.dim() == 2 && column.shape[0] == columns[0].shape[0]) ? cat(columns, 1)
            : throw new ArgumentException($"its parts have different rows: {string.Join(", ", columns.Select(ShapeText.Of))}");
    }

    /// <summary>Converts to Float64, on the host where the device does not know it.</summary>
    /// <exception cref="ArgumentException">The numbers are complex.</exception>
    public static Tensor Wide(Tensor tensor) => tensor.is_complex() ? throw new ArgumentException($"it needs real numbers, not {tensor.dtype} {ShapeText.Of(tensor)}")
        : (tensor.device_type == DeviceType.MPS ? tensor.cpu() : tensor).to(ScalarType.Float64);

    /// <summary>Reads a key of one value a row, <c>[N]</c> or <c>[N, 1]</c>, as <c>[N]</c>.</summary>
    /// <exception cref="ArgumentException">It has another shape.</exception>
    public static Tensor RowValues(BatchDict batch, string key)
    {
        Tensor values = batch[key];
        return IsColumn(values) ? values.reshape(values.shape[0])
            : throw new ArgumentException($"'{key}' must have one value a row, [N]; it is {ShapeText.Of(values)}");
    }

    /// <summary>Tells whether a tensor has one value a row: <c>[N]</c> or <c>[N, 1]</c>.</summary>
    public static bool IsColumn(Tensor tensor) => tensor.dim() == 1 || (tensor.dim() == 2 && tensor.shape[1] == 1);

    /// <summary>Reads Int64 class indices; a missing target, -100 or NaN, becomes -100.</summary>
    /// <param name="target">The target, of any numeric type.</param>
    /// <param name="key">Its key, for the error.</param>
    /// <param name="classes">The number of classes, or null when only the highest index tells it.</param>
    /// <exception cref="ArgumentException">A value is no class index.</exception>
    public static Tensor Indices(Tensor target, string key, long? classes)
    {
        Tensor indices = ClassTargets.ToIndices(target, TensorColumn.MissingTarget, key);
        if (classes is { } count)
            _ = ClassTargets.Valid(indices, count, TensorColumn.MissingTarget, key);
        else if (indices.numel() > 0 && indices.where(indices.ne(Missing), zeros_like(indices)).min().Whole() is < 0 and var wrong)
            throw new ArgumentException($"'{key}' holds the class index {wrong}; indices must be 0 or more, or {TensorColumn.MissingTarget} for a missing target");
        return indices;
    }

    /// <summary>Reads the rows' weights, or ones.</summary>
    /// <exception cref="ArgumentException">There is not one finite weight of 0 or more for each row.</exception>
    public static Tensor Weights(BatchDict batch, string? key, Tensor like)
    {
        if (key is null)
            return ones(like.shape[0], ScalarType.Float32, like.device);
        Tensor weights = RowValues(batch, key);
        if (weights.shape[0] != like.shape[0])
            throw new ArgumentException($"the weights '{key}' are {ShapeText.Of(weights)} for {like.shape[0]} rows");
        return weights.isfinite().logical_and(weights.ge(Zero)).all().IsTrue() ? weights
            : throw new ArgumentException($"the weights '{key}' must be finite and 0 or more");
    }
}
