using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Fuse.MLNet;

/// <summary>Appends a loss for each row, computed in batches from score and label columns; saved and loaded by plain <c>mlContext.Model</c>.</summary>
public sealed class LossTransformer : SavableTransformer, IArchived<LossTransformer>, IDisposable
{
    internal const string LoaderName = "FuseLoss";
    private const string DescriptionEntry = "loss.json";
    private const int BatchSize = 256;
    private static readonly JsonTypeInfo<LossStageDescription> Reading = JsonDefaults.Reading<LossStageDescription>(FuseJsonContext.Default);
    private readonly LossStage _stage;

    internal LossTransformer(LossStage stage) => _stage = stage;

    private protected override string LoaderSignature => LoaderName;

    private protected override string ModelSignature => "FUSELOSS";

    /// <inheritdoc/>
    public override DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Bind(inputSchema).Output;

    /// <inheritdoc/>
    public override IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new ScoringRowMapper(Bind(inputSchema), _stage);

    /// <summary>Adds the loss column to a view, lazily.</summary>
    /// <param name="input">The rows, with the score and label columns.</param>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type or size.</exception>
    public override IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new ScoredView(input, Bind(input.Schema), _stage, BatchSize);
    }

    /// <summary>Frees the loss's own buffers, if it has any.</summary>
    public void Dispose() => _stage.Dispose();

    private protected override void Save(ModelArchiveWriter archive)
    {
        LossStageDescription description = _stage.Describe();
        archive.Write(DescriptionEntry, stream => JsonSerializer.Serialize(stream, description, FuseJsonContext.Default.LossStageDescription));
    }

    static LossTransformer IArchived<LossTransformer>.Load(IHostEnvironment environment, ModelArchiveReader archive)
    {
        LossStageDescription description = archive.Read(DescriptionEntry, stream => VersionedJson.Read(stream, $"The model file's {DescriptionEntry}",
            LossStageDescription.CurrentFormat, Reading));
        return new LossTransformer(new LossStage(description.Loss.Open(), [.. description.Columns], description.OutputColumnName, description.ScoreKind));
    }

    private ScoredSchema Bind(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        _stage.ThrowIfDisposed();
        return new ScoredSchema(inputSchema, _stage.Columns, [_stage.Output]);
    }
}
