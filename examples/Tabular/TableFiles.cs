using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Examples.Tabular;

/// <summary>Opens the tables that ML.NET's own tests use, from their files.</summary>
internal static class TableFiles
{
    /// <summary>Opens the tables of a folder.</summary>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    public static IEnumerable<Table> Open(MLContext ml, string folder) =>
    [
        new("breast-cancer", TableTask.Binary, Load(ml, folder, "breast-cancer.txt", features: 9, hasHeader: false)),
        new("iris", TableTask.Multiclass, Load(ml, folder, "iris.txt", features: 4, hasHeader: true)),
        new("housing", TableTask.Regression, Load(ml, folder, "housing.txt", features: 13, hasHeader: true)),
    ];

    private static IDataView Load(MLContext ml, string folder, string name, int features, bool hasHeader)
    {
        string path = Path.Combine(folder, name);
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no file {path}; the folder must hold the files of test/data of github.com/dotnet/machinelearning.");
        // The label comes first, then the features.
        return ml.Data.Cache(ml.Data.LoadFromTextFile(path,
            [new TextLoader.Column("Label", DataKind.Single, 0), new TextLoader.Column("Features", DataKind.Single, 1, features)], hasHeader: hasHeader));
    }
}
