using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Fuse.MLNet.Tests;

/// <summary>Runs ONNX files by ONNX Runtime, on the columns of a view.</summary>
internal static class OnnxRun
{
    /// <summary>Exports a model and gets the file.</summary>
    public static byte[] Export(MLContext ml, ITransformer model, IDataView data)
    {
        using var stream = new MemoryStream();
        ml.Fuse().ExportOnnx(model, data, stream);
        return stream.ToArray();
    }

    /// <summary>Checks that a file gives what the model gives, for several numbers of rows.</summary>
    public static void IsEqual(MLContext ml, byte[] file, ITransformer model, IDataView rows, float tolerance = 1e-5f)
    {
        int count = rows.GetColumn<float[]>(rows.Schema.First(column => column.Type is VectorDataViewType { ItemType: NumberDataViewType { RawType: var raw } } && raw == typeof(float)).Name).Count();
        IsEqual(ml, file, model, rows, [1, 2, count], tolerance);
    }

    /// <summary>Checks that a file gives what the model gives, for the first so many rows; large values are compared by their size.</summary>
    public static void IsEqual(MLContext ml, byte[] file, ITransformer model, IDataView rows, int[] counts, float tolerance = 1e-5f)
    {
        using var session = new InferenceSession(file);
        foreach (int count in counts)
        {
            IDataView part = ml.Data.TakeRows(rows, count);
            IDataView scored = model.Transform(part);
            Dictionary<string, float[][]> outputs = Score(session, part, count);
            foreach ((string name, float[][] values) in outputs)
            {
                float[][] expected = Column(scored, name);
                float size = expected.SelectMany(row => row).Where(float.IsFinite).Select(Math.Abs).Append(1).Max();
                Learning.AreEqual(expected, values, tolerance * size);
            }
            CollectionAssert.AreEquivalent(scored.Schema.Skip(part.Schema.Count).Select(column => column.Name).ToArray(), outputs.Keys);
        }
    }

    /// <summary>Scores rows.</summary>
    /// <returns>The outputs by name, row by row.</returns>
    public static Dictionary<string, float[][]> Score(InferenceSession session, IDataView rows, int count)
    {
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = session.Run([.. session.InputMetadata.Select(input => Input(input.Key, input.Value, rows, count))]);
        return results.ToDictionary(result => result.Name, result => Split(result.ElementType switch
        {
            TensorElementType.UInt32 => [.. result.AsTensor<uint>().Select(value => (float)value)],
            _ => result.AsTensor<float>().ToArray(),
        }, count));
    }

    /// <summary>Gets a column's values as Single, row by row.</summary>
    public static float[][] Column(IDataView view, string name) => view.Schema[name].Type switch
    {
        VectorDataViewType => [.. view.GetColumn<float[]>(name)],
        KeyDataViewType => [.. view.GetColumn<uint>(name).Select(key => new float[] { key })],
        _ => [.. view.GetColumn<float>(name).Select(value => new[] { value })],
    };

    private static NamedOnnxValue Input(string name, NodeMetadata input, IDataView rows, int count)
    {
        int[] shape = [count, .. input.Dimensions.Skip(1)];
        return input.ElementDataType switch
        {
            TensorElementType.Float => Tensor<float>(name, rows, shape),
            TensorElementType.Double => Tensor<double>(name, rows, shape),
            TensorElementType.Int64 => Tensor<long>(name, rows, shape),
            TensorElementType.Int32 => Tensor<int>(name, rows, shape),
            TensorElementType.UInt8 => Tensor<byte>(name, rows, shape),
            TensorElementType.Bool => Tensor<bool>(name, rows, shape),
            _ => Tensor<uint>(name, rows, shape),
        };
    }

    private static NamedOnnxValue Tensor<T>(string name, IDataView rows, int[] shape)
    {
        T[] values = rows.Schema[name].Type is VectorDataViewType ? [.. rows.GetColumn<T[]>(name).SelectMany(row => row)] : [.. rows.GetColumn<T>(name)];
        return NamedOnnxValue.CreateFromTensor(name, new DenseTensor<T>(values, shape));
    }

    private static float[][] Split(float[] values, int rows) => [.. values.Chunk(values.Length / rows)];
}
