using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Describes how the files that a text column names become tensors; see <see cref="TensorColumn.Reader"/>.</summary>
/// <remarks>A description is immutable, compares by value and is saved with the model, so that scoring reads files as training did.</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(NumpyReader), "reader.numpy")]
[JsonDerivedType(typeof(ClassReader), "reader.class")]
public abstract record TensorReader
{
    private protected TensorReader()
    {
    }

    /// <summary>Gets the folder in which relative paths begin. Default: null, the current directory. It is saved with the model; absolute paths need none.</summary>
    public string? RootFolder { get; init; }

    /// <summary>Names your own reader class and the arguments of its constructor.</summary>
    /// <typeparam name="TReader">The class.</typeparam>
    /// <param name="arguments">
    /// The constructor's arguments: numbers, Booleans, text, enums, null, and arrays or lists of those, because they are saved as JSON.
    /// Optional parameters may be left out at the end.
    /// </param>
    /// <exception cref="ArgumentException">No public constructor takes these arguments, or one of them cannot be saved.</exception>
    public static TensorReader Of<TReader>(params object?[]? arguments)
        where TReader : TensorFileReader => ClassReader.Create(typeof(TReader), arguments ?? [null]);

    /// <summary>Makes a reader.</summary>
    internal abstract TensorFileReader Build();

    /// <summary>Checks that a reader can be made here, without making one.</summary>
    /// <exception cref="TypeLoadException">Its class is not found, or is something else.</exception>
    internal virtual void CheckClass()
    {
    }

    /// <summary>Gets the full path of a text in a row.</summary>
    internal string FullPath(string path) => Path.GetFullPath(Path.Combine(RootFolder ?? "", path));
}
