using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Gives bytes to a reader of ML.NET, and an error to one that reads on behind their end: ML.NET 5.0.1 waits there for ever.</summary>
internal sealed class WholeSource(byte[] bytes) : IMultiStreamSource
{
    public int Count => 1;

    public string? GetPathOrNull(int index) => null;

    public Stream Open(int index) => new WholeStream(bytes);

    public TextReader OpenTextReader(int index) => new StreamReader(Open(index));

    private sealed class WholeStream(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public override int Read(byte[] buffer, int offset, int count) => Some(base.Read(buffer, offset, count), count);

        public override int Read(Span<byte> buffer) => Some(base.Read(buffer), buffer.Length);

        private int Some(int read, int wanted) => read > 0 || wanted == 0 ? read : throw new EndOfStreamException($"It ends at byte {Length}, and more was to come.");
    }
}
