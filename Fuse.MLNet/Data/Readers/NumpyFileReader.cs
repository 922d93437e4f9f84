namespace Fuse.MLNet;

/// <summary>Reads an array in numpy's own format; see <see cref="NumpyReader"/>.</summary>
internal sealed class NumpyFileReader : TensorFileReader
{
    public override Tensor Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        NumpyHeader header = NumpyHeader.Read(stream);
        Tensor values = empty(header.IsFortranOrder ? [.. header.Shape.Reverse()] : header.Shape, header.StoredType, CPU);
        stream.ReadExactly(values.bytes);
        if (header.DType != header.StoredType)
            values = header.WideningMask is { } mask ? values.to(header.DType).bitwise_and_(tensor(mask, header.DType)) : values.to(header.DType);
        return header.IsFortranOrder ? values.permute([.. Enumerable.Range(0, header.Shape.Length).Select(i => (long)i).Reverse()]) : values;
    }
}
