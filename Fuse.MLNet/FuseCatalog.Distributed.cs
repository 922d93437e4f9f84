using System.Diagnostics.CodeAnalysis;
using Microsoft.ML;

namespace Fuse.MLNet;

public sealed partial class FuseCatalog
{
    /// <summary>Gets the place of this process among those that an MPI launcher, such as <c>mpirun</c>, started, from 0; 0 without a launcher. Lightning's <c>global_rank</c>.</summary>
    /// <remarks>Every process of a run gets the same model; let the one of rank 0 save it, and print: <c>if (ml.Fuse().Rank == 0) ml.Model.Save(...)</c>. Preview.</remarks>
    /// <exception cref="DllNotFoundException">A launcher started this process, and there is no MPI library.</exception>
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "It is found on the catalog, as ML.NET's are.")]
    public int Rank => TrainingStrategy.Auto.Group.Rank;

    /// <summary>Gets the number of processes that an MPI launcher started; 1 without a launcher. Lightning's <c>world_size</c>.</summary>
    /// <exception cref="DllNotFoundException">A launcher started this process, and there is no MPI library.</exception>
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "It is found on the catalog, as ML.NET's are.")]
    public int WorldSize => TrainingStrategy.Auto.Group.Size;

    /// <summary>Scores the rows of a view in all processes, each its part of them, and writes a file from each.</summary>
    /// <remarks>
    /// The parts follow each other: the rows of all files in the order of their names are those of the view. <c>scores.idv</c> becomes <c>scores-00000-of-00004.idv</c> and so on, each written whole or not
    /// at all. Every process is given the same view; without a launcher there is one file. The view's rows are counted first when it does not tell their number. Preview.
    /// </remarks>
    /// <param name="model">The model, of any kind.</param>
    /// <param name="data">The rows as the model takes them.</param>
    /// <param name="path">Where to write: <c>.idv</c> for ML.NET's binary form, <c>.csv</c> or <c>.tsv</c> for text with a header.</param>
    /// <param name="columnNames">The columns to write. Default: all.</param>
    /// <param name="strategy">Which processes there are. Default: <see cref="TrainingStrategy.Auto"/>.</param>
    /// <returns>The path of this process's file.</returns>
    /// <exception cref="ArgumentException">The path ends otherwise, or there is no such column.</exception>
    public string ScoreToFiles(ITransformer model, IDataView data, string path, IReadOnlyList<string>? columnNames = null, TrainingStrategy? strategy = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var ranks = new RankAgreement((strategy ?? TrainingStrategy.Auto).Group);
        return ranks.Run(() => new ScoreFile(_environment, path, ranks).Write(model, data, columnNames));
    }
}
