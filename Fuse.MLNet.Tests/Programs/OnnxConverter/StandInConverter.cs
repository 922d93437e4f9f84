using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;

namespace Fuse.MLNet.Tests;

/// <summary>Does what ML.NET's <c>ConvertToOnnx</c> does: asks each step behind the data to write itself.</summary>
public static class StandInConverter
{
    /// <summary>Converts a fitted pipeline.</summary>
    public static ConvertedGraph Convert(ITransformer model, IDataView data)
    {
        var steps = new Stack<ITransformCanSaveOnnx>();
        IDataView view = model.Transform(data);
        IDataView last = view;
        for (; view is IDataTransform step && view != data; view = step.Source)
            steps.Push(step as ITransformCanSaveOnnx ?? throw new InvalidOperationException($"{step.GetType().Name} is no step that can be saved."));
        var context = new StandInContext();
        foreach (DataViewSchema.Column column in view.Schema.Where(column => !column.IsHidden))
            context.AddInput(column.Name, column.Type);
        foreach (ITransformCanSaveOnnx step in steps)
            if (((ICanSaveOnnx)step).CanSaveOnnx(context))
                ((ISaveAsOnnx)step).SaveAsOnnx(context);
        foreach (DataViewSchema.Column column in last.Schema.Where(column => !column.IsHidden && context.ContainsColumn(column.Name)))
            context.Graph.Columns[column.Name] = context.GetVariableName(column.Name);
        return context.Graph;
    }

    private sealed class StandInContext : OnnxContext
    {
        private readonly HashSet<string> _names = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string> _columns = new(StringComparer.Ordinal);

        public ConvertedGraph Graph { get; } = new();

        public void AddInput(string name, DataViewType type)
        {
            Graph.Inputs.Add((name, (type as VectorDataViewType)?.ItemType.RawType ?? type.RawType, (type as VectorDataViewType)?.Size ?? 1));
            _names.Add(name);
            _columns[name] = name;
        }

        public override string GetNodeName(string prefix) => Unique(prefix);

        public override bool IsVariableDefined(string variableName) => _names.Contains(variableName);

        public override bool ContainsColumn(string colName) => _columns.ContainsKey(colName);

        public override void CheckOpSetVersion(int thisTransformerMinumumOpSetVersion, string registerTransformerName) => Graph.OperatorSet = thisTransformerMinumumOpSetVersion;

        public override void RemoveColumn(string colName, bool removeVariable = false) => _columns.Remove(colName);

        public override void RemoveVariable(string variableName, bool removeColumn)
        {
        }

        public override void RemoveInputVariable(string variableName)
        {
        }

        public override string GetVariableName(string colName) => _columns[colName];

        public override string AddIntermediateVariable(DataViewType type, string colName, bool skip)
        {
            string name = Unique(colName);
            if (!skip)
                _columns[colName] = name;
            return name;
        }

        public override OnnxNode CreateNode(string opType, IEnumerable<string> inputs, IEnumerable<string> outputs, string name, string domain = "")
        {
            var node = new ConvertedNode { Operator = opType, Inputs = [.. inputs], Outputs = [.. outputs] };
            Graph.Nodes.Add(node);
            return new ConvertedOnnxNode(node);
        }

        public override OnnxVersion GetOnnxVersion() => OnnxVersion.Stable;

        public override List<long>? RetrieveShapeOrNull(string variableName) => null;

        public override string AddInitializer(bool value, string? name = null, bool makeUniqueName = true) => Add(name, new[] { value }, []);

        public override string AddInitializer(float value, string? name = null, bool makeUniqueName = true) => Add(name, new[] { value }, []);

        public override string AddInitializer(int value, Type type, string? name = null, bool makeUniqueName = true) => throw new NotSupportedException();

        public override string AddInitializer(string value, string? name = null, bool makeUniqueName = true) => throw new NotSupportedException();

        public override string AddInitializer(long value, string? name = null, bool makeUniqueName = true) => Add(name, new[] { value }, []);

        public override string AddInitializer(double value, string? name = null, bool makeUniqueName = true) => Add(name, new[] { value }, []);

        public override string AddInitializer(ulong value, bool isUint64, string? name = null, bool makeUniqueName = true) => throw new NotSupportedException();

        public override string AddInitializer(IEnumerable<bool> values, IEnumerable<long> dims, string? name = null, bool makeUniqueName = true) => Add(name, values.ToArray(), [.. dims]);

        public override string AddInitializer(IEnumerable<float> values, IEnumerable<long> dims, string? name = null, bool makeUniqueName = true) => Add(name, values.ToArray(), [.. dims]);

        public override string AddInitializer(IEnumerable<int> values, Type type, IEnumerable<long> dims, string? name = null, bool makeUniqueName = true) => throw new NotSupportedException();

        public override string AddInitializer(IEnumerable<string> values, IEnumerable<long> dims, string? name = null, bool makeUniqueName = true) => throw new NotSupportedException();

        public override string AddInitializer(IEnumerable<long> values, IEnumerable<long> dims, string? name = null, bool makeUniqueName = true) => Add(name, values.ToArray(), [.. dims]);

        public override string AddInitializer(IEnumerable<double> values, IEnumerable<long> dims, string? name = null, bool makeUniqueName = true) => Add(name, values.ToArray(), [.. dims]);

        public override string AddInitializer(IEnumerable<ulong> values, bool isUint64, IEnumerable<long> dims, string? name = null, bool makeUniqueName = true) => throw new NotSupportedException();

        private string Add(string? name, Array values, long[] shape)
        {
            string unique = Unique(name ?? "constant");
            Graph.Constants[unique] = (values, shape);
            return unique;
        }

        private string Unique(string name)
        {
            string unique = name;
            for (int i = 0; !_names.Add(unique); i++)
                unique = $"{name}{i}";
            return unique;
        }
    }
}
