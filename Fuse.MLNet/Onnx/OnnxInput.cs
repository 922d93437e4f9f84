using System.Runtime.InteropServices;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Is an input column of the exported network: what ML.NET has in it, and how that becomes what the network's batch is made from.</summary>
internal sealed class OnnxInput(ColumnBinding binding)
{
    private readonly Type _raw = ColumnTypes.ItemOf(binding.Source.Type).RawType;

    public ColumnBinding Binding => binding;

    /// <summary>Gets the name of the stored tensor in traces, which no parameter has.</summary>
    public string Known => $"input {binding.Key}";

    private bool IsFile => binding is FileBinding;

    private bool IsKey => !IsFile && ColumnTypes.ItemOf(binding.Source.Type) is KeyDataViewType;

    private OnnxType Type => IsFile ? OnnxBuilder.TypeOf(binding.StoredType) : System.Type.GetTypeCode(_raw) switch
    {
        TypeCode.Single => OnnxType.Float,
        TypeCode.Double => OnnxType.Double,
        TypeCode.SByte => OnnxType.Int8,
        TypeCode.Byte => OnnxType.UInt8,
        TypeCode.Int16 => OnnxType.Int16,
        TypeCode.UInt16 => OnnxType.UInt16,
        TypeCode.Int32 => OnnxType.Int32,
        TypeCode.UInt32 => OnnxType.UInt32,
        TypeCode.Int64 => OnnxType.Int64,
        TypeCode.UInt64 => OnnxType.UInt64,
        TypeCode.Boolean => OnnxType.Bool,
        _ => throw OnnxErrors.NotExported($"the column '{binding.Column.ColumnName}' of type {binding.Source.Type}", "has no ONNX form here"),
    };

    /// <summary>Writes the input and what makes the stored values of it.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="isFlat">Whether a row's values come without their shape, as in ML.NET's own graphs.</param>
    /// <returns>The name of the stored values.</returns>
    public string Write(OnnxBuilder graph, bool isFlat)
    {
        bool isScalar = binding.RowShape.Count == 0;
        long[] shape = isScalar ? [1] : isFlat ? [binding.RowElements] : [.. binding.RowShape];
        string value = graph.Input(binding.Column.ColumnName, Type, shape);
        if (isScalar || isFlat)
            value = graph.Add("Reshape", [value, graph.Longs([-1, .. binding.RowShape])]);
        string stored = Store(graph, value);
        if (binding.Column.NonFiniteValue is not { } replacement || !FiniteValues.MayBeNot(binding.StoredType))
            return stored;
        string isNotFinite = graph.Add("Or", [graph.Add("IsNaN", [stored]), graph.Add("IsInf", [stored])]);
        return graph.Add("Where", [isNotFinite, graph.Scalar(replacement, binding.StoredType), stored]);
    }

    /// <summary>Makes what the column holds of the stored values, in the shape of the input.</summary>
    public Tensor Raw(Tensor stored, bool isFlat)
    {
        Tensor value = IsKey ? where(stored.eq(TensorColumn.MissingTarget), 0, stored + 1) : stored;
        long rows = stored.shape[0];
        return (binding.RowShape.Count == 0 || isFlat ? value.reshape(rows, -1) : value).to(OnnxInterpreter.TypeOf(Type));
    }

    /// <summary>Fills stored values that a row could have, for data without rows.</summary>
    public void Invent(Span<byte> row, Random random)
    {
        if (binding.StoredType == ScalarType.Float32)
        {
            foreach (ref float value in MemoryMarshal.Cast<byte, float>(row))
                value = Normal(random);
        }
        else if (binding.StoredType == ScalarType.Float64)
        {
            foreach (ref double value in MemoryMarshal.Cast<byte, double>(row))
                value = Normal(random);
        }
        else
        {
            // 0 and 1 are classes, ids, bytes and Booleans.
            int size = row.Length / Math.Max(1, binding.RowElements);
            row.Clear();
            for (int i = 0; i < row.Length; i += size)
                row[i] = (byte)random.Next(2);
        }
    }

    /// <summary>Changes the reals of a stored row at random; whole numbers, which may be ids, stay.</summary>
    public void Vary(Span<byte> row, Random random)
    {
        if (binding.StoredType == ScalarType.Float32 && binding.DType == ScalarType.Float32)
            foreach (ref float value in MemoryMarshal.Cast<byte, float>(row))
                value = (value * (1 + (0.5f * Normal(random)))) + (0.1f * Normal(random));
    }

    private static float Normal(Random random) => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    private string Store(OnnxBuilder graph, string value)
    {
        if (Type == OnnxBuilder.TypeOf(binding.StoredType) && !IsKey)
            return value;
        if (IsKey)
        {
            string key = graph.Cast(value, ScalarType.Int64);
            string isMissing = graph.Add("Equal", [key, graph.Longs(0)]);
            return graph.Add("Where", [isMissing, graph.Longs(TensorColumn.MissingTarget), graph.Add("Sub", [key, graph.Longs(1)])]);
        }
        if (binding.DType == ScalarType.Bool)
            return graph.Cast(graph.Cast(value, ScalarType.Bool), binding.StoredType);
        string number = graph.Cast(value, binding.StoredType);
        return binding.HasMissingIndices && Type is OnnxType.Float or OnnxType.Double
            ? graph.Add("Where", [graph.Add("IsNaN", [value]), graph.Longs(TensorColumn.MissingTarget), number]) : number;
    }
}
