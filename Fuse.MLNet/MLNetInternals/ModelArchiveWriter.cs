using Microsoft.ML;

namespace Fuse.MLNet;

/// <summary>Writes a transformer's own entries into ML.NET's model file.</summary>
internal sealed class ModelArchiveWriter(ModelSaveContext context)
{
    public void Write(string name, Action<Stream> write) => context.SaveBinaryStream(name, writer =>
    {
        writer.Flush();
        write(writer.BaseStream);
    });
}
