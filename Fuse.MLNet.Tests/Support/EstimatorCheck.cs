using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>
/// Checks an estimator and its transformer for what ML.NET asks of each: the traits of its own test framework's check of estimators, and those of cursors and row mappers.
/// </summary>
internal sealed class EstimatorCheck(MLContext ml, string folder)
{
    // A row scored alone and in a batch may differ in the last bits.
    private const float Tolerance = 2e-6f;

    /// <summary>Checks everything; the transformer that it fits is disposed.</summary>
    public void Check(EstimatorCase given)
    {
        SchemaShape promised = given.Estimator.GetOutputSchema(SchemaProbe.ShapeOf(given.Rows));
        IDataView[] unfit = [.. given.Inputs.Concat(given.Labels).SelectMany(name => new[] { Without(given.Rows, name), Retyped(given.Rows, name) })];
        foreach (IDataView view in unfit)
        {
            Fails(() => given.Estimator.GetOutputSchema(SchemaProbe.ShapeOf(view)));
            Fails(() => given.Estimator.Fit(view));
        }

        ITransformer transformer = given.Estimator.Fit(given.Rows);
        try
        {
            SchemaProbe.AreEqual(promised, SchemaProbe.ShapeOf(transformer.Transform(given.Rows)));
            CheckTransformer(transformer, given);
        }
        finally
        {
            (transformer as IDisposable)?.Dispose();
        }
    }

    /// <summary>Checks what a transformer does with rows, with and without the columns that only fitting needs, before and after a file.</summary>
    public void CheckTransformer(ITransformer transformer, EstimatorCase given)
    {
        Assert.IsTrue(transformer.IsRowToRowMapper);
        string path = Path.Combine(folder, "checked.zip");
        ml.Model.Save(transformer, given.Rows.Schema, path);
        ITransformer loaded = ml.Model.Load(path, out DataViewSchema inputSchema);
        try
        {
            DataViewSchema.Column[] storable = [.. given.Rows.Schema.Where(column => column.Type is PrimitiveDataViewType or VectorDataViewType)];
            AreEqual(storable, [.. inputSchema], "the loaded input schema");
            foreach (IDataView rows in new[] { given.Rows }.Concat(given.Labels.Length == 0 ? [] : new[] { ml.Transforms.DropColumns(given.Labels).Fit(given.Rows).Transform(given.Rows) }))
                CheckRows(transformer, loaded, rows, given.Added);
            foreach (IDataView view in given.Inputs.SelectMany(name => new[] { Without(given.Rows, name), Retyped(given.Rows, name) }))
                foreach (ITransformer one in new[] { transformer, loaded })
                {
                    Fails(() => one.GetOutputSchema(view.Schema));
                    Fails(() => one.GetRowToRowMapper(view.Schema));
                    Fails(() => one.Transform(view));
                }
        }
        finally
        {
            (loaded as IDisposable)?.Dispose();
        }
    }

    private static void CheckRows(ITransformer transformer, ITransformer loaded, IDataView rows, string[] added)
    {
        IDataView scored = transformer.Transform(rows);
        IDataView again = loaded.Transform(rows);
        IRowToRowMapper mapper = transformer.GetRowToRowMapper(rows.Schema);
        Assert.AreSame(rows.Schema, mapper.InputSchema);
        foreach (DataViewSchema schema in new[] { transformer.GetOutputSchema(rows.Schema), loaded.GetOutputSchema(rows.Schema), mapper.OutputSchema, again.Schema })
            AreEqual([.. scored.Schema], [.. schema], "the output schema");
        AreEqual([.. rows.Schema.Where(column => !column.IsHidden)], [.. scored.Schema.Where(column => !column.IsHidden && !added.Contains(column.Name))], "the columns passed through");

        DataViewSchema.Column[] columns = [.. scored.Schema.Where(column => !column.IsHidden)];
        Dictionary<DataViewRowId, object[]> expected = RowValues.ReadAll([scored.GetRowCursor(columns)], columns);
        Assert.AreEqual(rows.GetRowCount() ?? expected.Count, expected.Count);
        AreEqual(expected, RowValues.ReadAll([again.GetRowCursor(again.Schema)], [.. again.Schema.Where(column => !column.IsHidden)]), columns, 0, "the loaded transformer");
        AreEqual(expected, RowValues.ReadAll(scored.GetRowCursorSet(columns, 4), columns), columns, Tolerance, "a set of cursors");
        AreEqual(expected, RowValues.ReadAll([scored.GetRowCursor(columns, new Random(1))], columns), columns, Tolerance, "a cursor that may shuffle");
        for (int i = 0; i < columns.Length; i++)
        {
            DataViewSchema.Column column = columns[i];
            Dictionary<DataViewRowId, object[]> alone = RowValues.ReadAll([scored.GetRowCursor([column])], [column]);
            AreEqual(expected.ToDictionary(row => row.Key, row => new[] { row.Value[i] }), alone, [column], 0, "a cursor of one column");
        }
        CheckMapper(mapper, rows, [.. columns.Where(column => added.Contains(column.Name))], columns, expected);
        CheckMapper(mapper, rows, columns, columns, expected);
    }

    /// <summary>Compares a row mapper with a cursor, given no more of the source than the mapper says it depends on.</summary>
    private static void CheckMapper(IRowToRowMapper mapper, IDataView rows, DataViewSchema.Column[] asked, DataViewSchema.Column[] all, Dictionary<DataViewRowId, object[]> expected)
    {
        asked = [.. asked.Select(column => mapper.OutputSchema[column.Index])];
        using DataViewRowCursor source = rows.GetRowCursor(mapper.GetDependencies(asked));
        DataViewRow row = mapper.GetRow(source, asked);
        Assert.AreSame(mapper.OutputSchema, row.Schema);
        Func<object>[] getters = [.. asked.Select(column => RowValues.Open(row, column))];
        ValueGetter<DataViewRowId> id = row.GetIdGetter();
        DataViewRowId key = default;
        while (source.MoveNext())
        {
            id(ref key);
            Assert.AreEqual(source.Position, row.Position);
            for (int i = 0; i < asked.Length; i++)
                RowValues.AreEqual(expected[key][Array.FindIndex(all, column => column.Index == asked[i].Index)], getters[i](), Tolerance, $"the row mapper, column {asked[i].Name}, row {source.Position}");
        }
    }

    private static void AreEqual(Dictionary<DataViewRowId, object[]> expected, Dictionary<DataViewRowId, object[]> actual, DataViewSchema.Column[] columns, float tolerance, string what)
    {
        CollectionAssert.AreEquivalent(expected.Keys, actual.Keys, what);
        foreach ((DataViewRowId id, object[] values) in expected)
            for (int i = 0; i < columns.Length; i++)
                RowValues.AreEqual(values[i], actual[id][i], tolerance, $"{what}, column {columns[i].Name}, row {id}");
    }

    private static void AreEqual(DataViewSchema.Column[] expected, DataViewSchema.Column[] actual, string what)
    {
        CollectionAssert.AreEqual(expected.Select(column => $"{column.Name}: {column.Type}").ToArray(), actual.Select(column => $"{column.Name}: {column.Type}").ToArray(), what);
        foreach ((DataViewSchema.Column left, DataViewSchema.Column right) in expected.Zip(actual))
        {
            Assert.AreEqual(left.Type, right.Type, $"{what}, {left.Name}");
            CollectionAssert.AreEquivalent(Annotations(left), Annotations(right), $"{what}, {left.Name}");
        }
    }

    private static string[] Annotations(DataViewSchema.Column column) => [.. column.Annotations.Schema.Select(annotation => $"{annotation.Name} {annotation.Type}: {AnnotationValue(column, annotation)}")];

    private static string AnnotationValue(DataViewSchema.Column column, DataViewSchema.Column annotation)
    {
        using var row = new AnnotationRow(column.Annotations);
        return RowValues.Open(row, annotation)() is var value && value is Array items ? string.Join(',', items.Cast<object>()) : $"{value}";
    }

    private static void Fails(Action action)
    {
        Exception? thrown = null;
        try
        {
            action();
        }
        catch (Exception error)
        {
            thrown = error;
        }
        Assert.IsTrue(thrown is ArgumentOutOfRangeException or InvalidOperationException, $"A schema that does not fit gave {thrown?.ToString() ?? "no error"}.");
        Assert.IsTrue(MLNetErrors.IsMarked(thrown!), $"An error without ML.NET's mark: {thrown}");
    }

    private IDataView Without(IDataView rows, string column) => ml.Transforms.DropColumns(column).Fit(rows).Transform(rows);

    /// <summary>Puts a vector of text in a column's place, which has no tensor form, is no path and no label.</summary>
    private IDataView Retyped(IDataView rows, string column)
    {
        var output = SchemaDefinition.Create(typeof(Words));
        output[0].ColumnName = column;
        return ml.Transforms.CustomMapping<Nothing, Words>((_, words) => words.Value = ["a", "b"], null, outputSchemaDefinition: output).Fit(rows).Transform(rows);
    }

    private sealed class Nothing;

    private sealed class Words
    {
        [VectorType(2)]
        public string[] Value { get; set; } = [];
    }

    /// <summary>Shows annotations as a row, to read them as such.</summary>
    private sealed class AnnotationRow(DataViewSchema.Annotations annotations) : DataViewRow
    {
        public override DataViewSchema Schema => annotations.Schema;

        public override long Position => 0;

        public override long Batch => 0;

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => annotations.GetGetter<TValue>(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = default;

        public override bool IsColumnActive(DataViewSchema.Column column) => true;
    }
}
