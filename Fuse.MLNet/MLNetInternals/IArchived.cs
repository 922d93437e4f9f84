using Microsoft.ML.Runtime;

namespace Fuse.MLNet;

/// <summary>Is made again from the entries that it wrote.</summary>
/// <typeparam name="TSelf">The class itself.</typeparam>
internal interface IArchived<TSelf>
{
    static abstract TSelf Load(IHostEnvironment environment, ModelArchiveReader archive);
}
