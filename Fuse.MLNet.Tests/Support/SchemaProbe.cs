using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Stands in a pipeline and notes the schema that the step before it promises, and the rows that it delivers.</summary>
internal sealed class SchemaProbe : IEstimator<ITransformer>
{
    public SchemaShape? Promised { get; private set; }

    public IDataView? Delivered { get; private set; }

    /// <summary>Gets the shape of a view's schema, as ML.NET sees it.</summary>
    public static SchemaShape ShapeOf(IDataView view)
    {
        var probe = new SchemaProbe();
        new Microsoft.ML.Data.EstimatorChain<ITransformer>().Append(probe).Fit(view);
        return probe.Promised!;
    }

    /// <summary>Checks that what is delivered is what was promised, annotations in both directions.</summary>
    public static void AreEqual(SchemaShape promised, SchemaShape delivered, string path = "")
    {
        CollectionAssert.AreEquivalent(promised.Select(column => column.Name).ToArray(), delivered.Select(column => column.Name).ToArray(), path);
        foreach (SchemaShape.Column left in promised)
        {
            SchemaShape.Column right = delivered.Single(column => column.Name == left.Name);
            Assert.AreEqual($"{left.Kind} of {left.ItemType}, key {left.IsKey}", $"{right.Kind} of {right.ItemType}, key {right.IsKey}", $"{path}{left.Name}");
            AreEqual(left.Annotations, right.Annotations, $"{path}{left.Name}.");
        }
    }

    public ITransformer Fit(IDataView input)
    {
        Delivered = input;
        return new MLContext().Transforms.SelectColumns(input.Schema[0].Name).Fit(input);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Promised = inputSchema;
        return inputSchema;
    }
}
