using System.Text;

namespace Fuse.MLNet;

/// <summary>Is a protocol-buffers message that is being made; tensors are written from where they lie.</summary>
internal sealed class ProtobufMessage
{
    private const int Varint = 0;
    private const int Delimited = 2;
    private const int Fixed32 = 5;
    private readonly List<object> _parts = [];
    private readonly List<byte> _open = [];

    /// <summary>Gets the number of bytes.</summary>
    public long Length => _open.Count + _parts.Sum(part => part is ProtobufMessage message ? message.Length : part is Tensor tensor ? Bytes(tensor) : ((byte[])part).Length);

    public ProtobufMessage Whole(int field, long value)
    {
        Key(field, Varint);
        Number((ulong)value);
        return this;
    }

    public ProtobufMessage Single(int field, float value)
    {
        Key(field, Fixed32);
        _open.AddRange(BitConverter.GetBytes(value));
        return this;
    }

    public ProtobufMessage Text(int field, string value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        Key(field, Delimited);
        Number((ulong)bytes.Length);
        _open.AddRange(bytes);
        return this;
    }

    public ProtobufMessage Message(int field, ProtobufMessage value)
    {
        Key(field, Delimited);
        Number((ulong)value.Length);
        Close();
        _parts.Add(value);
        return this;
    }

    /// <summary>Adds a tensor's elements as bytes; the tensor is contiguous and lives until the message is written.</summary>
    public ProtobufMessage Elements(int field, Tensor value)
    {
        Key(field, Delimited);
        Number((ulong)Bytes(value));
        Close();
        _parts.Add(value);
        return this;
    }

    /// <summary>Adds something for each of many.</summary>
    public ProtobufMessage Each<T>(IEnumerable<T> values, Action<ProtobufMessage, T> add)
    {
        foreach (T value in values)
            add(this, value);
        return this;
    }

    public void WriteTo(Stream stream)
    {
        Close();
        foreach (object part in _parts)
        {
            if (part is ProtobufMessage message)
                message.WriteTo(stream);
            else
                stream.Write(part is Tensor tensor ? tensor.numel() == 0 ? [] : tensor.bytes : (byte[])part);
        }
    }

    private static long Bytes(Tensor tensor) => tensor.numel() * tensor.element_size();

    private void Key(int field, int kind) => Number(((ulong)field << 3) | (uint)kind);

    private void Number(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            _open.Add((byte)(value | 0x80));
        _open.Add((byte)value);
    }

    private void Close()
    {
        _parts.Add(_open.ToArray());
        _open.Clear();
    }
}
