namespace Fuse.MLNet;

/// <summary>Is the base of classes that read a file to a tensor, such as a decoder of medical images; named by <see cref="TensorReader.Of{TReader}"/>.</summary>
/// <remarks>
/// Every pass over rows (a training run's reading, a scoring cursor, a prediction engine) makes an object of its own and asks it for one row
/// after another, so that fields need no locks; what is static is shared by all threads. Draw none of torch's random numbers here: rows that are streamed are read while the
/// network trains, which draws them too, and the same seed would not give the same bits. <c>TrainingOptions.Augment</c> is the place for chance.
/// </remarks>
public abstract class TensorFileReader
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The full path of a file or folder that is there.</param>
    /// <returns>
    /// The tensor of one row, in the shape of <see cref="TensorColumn.Shape"/>, of any type of integers, real numbers or Booleans; its values are copied, then
    /// it is freed together with all others that were made here.
    /// </returns>
    /// <remarks>What is thrown here becomes an <see cref="InvalidDataException"/> that names column, row and path.</remarks>
    public abstract Tensor Read(string path);
}
