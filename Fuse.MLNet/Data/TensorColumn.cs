using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Describes how a column of an <see cref="Microsoft.ML.IDataView"/> becomes a tensor of the batch.</summary>
/// <remarks>
/// Numbers (Single, Double, Byte) and Booleans become Float32; Int32, Int64 and the other integers become Int64; <see cref="DType"/>
/// overrides both. A key becomes its Int64 class index, counted from 0 (ML.NET counts from 1, and from 0 in a scalar <c>[KeyType]</c> property of a data class); a missing key becomes
/// <see cref="MissingTarget"/>, and so does NaN where whole numbers are wanted. A scalar column gives <c>[N]</c>, a vector column <c>[N, ...Shape]</c>.
/// A column of images, as <c>mlContext.Transforms.LoadImages</c> and <c>mlContext.Fuse().LoadImagesFromFolder</c> make it, gives <c>[N, C, H, W]</c> of Float32 from 0 to 1 in the size of its shape; <see cref="Image"/> says more.
/// A text column has a tensor form by its <see cref="Reader"/> only.
/// </remarks>
public sealed record TensorColumn
{
    /// <summary>The class index that stands for a missing key: PyTorch's default <c>ignore_index</c>.</summary>
    public const long MissingTarget = -100;

    /// <summary>Describes a column.</summary>
    /// <param name="columnName">The column's name in the data.</param>
    /// <param name="shape">The shape of one row's tensor, such as <c>[1, 28, 28]</c>; by default the vector type's own dimensions.</param>
    /// <exception cref="ArgumentException">The name is empty, or a size is not positive.</exception>
    public TensorColumn(string columnName, ValueList<long>? shape = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(columnName);
        ColumnName = columnName;
        Shape = shape ?? ValueList<long>.Empty;
        if (Shape.Any(size => size <= 0))
            throw new ArgumentException($"The shape {Shape} of column '{columnName}' has a size that is not positive; leave the batch dimension out.", nameof(shape));
    }

    /// <summary>Gets the column's name in the data.</summary>
    public string ColumnName { get; }

    /// <summary>Gets the shape of one row's tensor, without the batch dimension; empty means the column's own dimensions.</summary>
    public ValueList<long> Shape { get; }

    /// <summary>
    /// Gets the number of values that the vector of each row is brought to: of longer ones the first are kept, shorter ones are filled up by <see cref="PaddingValue"/>. The tensor is
    /// <c>[N, PadTo]</c>. Default: null, every row has as many values, and another number is an error.
    /// </summary>
    /// <remarks>For vectors whose size differs from row to row, such as the token ids of texts.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public int? PadTo
    {
        get;
        init => field = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"{nameof(PadTo)} must be at least 1.");
    }

    /// <summary>Gets the value that fills rows up to <see cref="PadTo"/>, as the tensor holds it, before <see cref="Mean"/> is subtracted. Default: 0, the id of most tokenizers' padding.</summary>
    /// <remarks>Keys are counted from 0 in tensors, so their padding needs another value, such as their number.</remarks>
    public double PaddingValue { get; init; }

    /// <summary>
    /// Gets the batch key of a second tensor, Boolean <c>[N, PadTo]</c>, that is true where the row has a value and false where it was filled up; such as <c>data.mask</c>. Default: null, none.
    /// </summary>
    public string? MaskKey { get; init; }

    /// <summary>Gets whether the tensor is the mask of another column's, and not its values.</summary>
    [JsonInclude]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    internal bool IsMask { get; init; }

    /// <summary>Gets what stands in for NaN and infinite values, or null when nothing does; see <see cref="NonFiniteFeatures.Replace"/>.</summary>
    [JsonInclude]
    internal double? NonFiniteValue { get; init; }

    /// <summary>Gets the tensor's element type, or null for the default of the column's type.</summary>
    public ScalarType? DType { get; init; }

    /// <summary>Gets the values subtracted from the tensor: one for all, or one for each index of the shape's first dimension (channel).</summary>
    /// <remarks>Like torchvision's Normalize. Saved with the model, so that scoring repeats it.</remarks>
    public ValueList<float>? Mean { get; init; }

    /// <summary>Gets the values the tensor is divided by, after <see cref="Mean"/> was subtracted: one for all, or one for each channel.</summary>
    public ValueList<float>? StandardDeviation { get; init; }

    /// <summary>
    /// Gets whether <c>Fit</c> sets <see cref="Mean"/> and <see cref="StandardDeviation"/> from the training rows, for each index of
    /// the shape's first dimension. Default: false.
    /// </summary>
    public bool Standardize { get; init; }

    /// <summary>Gets what reads the files that a text column names, one a row, to tensors of exactly the shape <see cref="Shape"/>. Default: null, the column holds values.</summary>
    /// <remarks>
    /// Values become Float32 whatever the files hold, or <see cref="DType"/>: <c>Byte</c> keeps images of bytes in a quarter of the memory, and with <see cref="Mean"/> or
    /// <see cref="StandardDeviation"/> they are Float32 in the batch. Training reads each file once, scoring when its row is scored.
    /// A path may name any file that the process can read, so take no paths from strangers.
    /// </remarks>
    public TensorReader? Reader { get; init; }

    /// <summary>Gets how the images of a column become tensors of the shape <see cref="Shape"/>, such as <c>[3, 224, 224]</c>. Default: null, as a <c>new ImageColumn()</c> says.</summary>
    /// <remarks>
    /// Images are brought to the shape's size and kept as bytes in memory, a quarter of their tensors, whatever their own size is. Given for a vector of bytes (a <c>byte[]</c> property, or
    /// <c>mlContext.Transforms.LoadRawImageBytes</c>), it takes these for the file of an image, such as a PNG or JPEG; other than images they can be cached by ML.NET and stay in a saved schema.
    /// </remarks>
    public ImageColumn? Image { get; init; }
}
