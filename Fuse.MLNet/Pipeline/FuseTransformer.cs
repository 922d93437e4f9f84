using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Fuse.MLNet;

/// <summary>Scores rows with a trained network, in batches; saved and loaded by plain <c>mlContext.Model.Save</c> and <c>Load</c>.</summary>
/// <remarks>Scoring is safe from many threads at once, changes no global state and runs the network once a batch, over one pass of the source.</remarks>
public sealed class FuseTransformer : PredictionTransformer, IArchived<FuseTransformer>, IDisposable
{
    internal const string LoaderName = "FuseNetwork";
    private const string DescriptionEntry = "model.json";
    private const string WeightsEntry = "model.safetensors";
    private readonly ModelDescription _description;
    private readonly Scorer _scorer;
    private readonly Scorer _rowScorer;

    internal FuseTransformer(ModelDescription description, LightningModule module, Device device, TrainerPlan? plan, IReadOnlyDictionary<string, TensorColumn>? columns,
        LightningModule? rowModule = null)
    {
        _description = description;
        // Scoring logs nothing, and may run on several threads.
        module.Logged.IsMuted = true;
        Device = device;
        Plan = plan;
        Columns = columns ?? description.Columns;
        _scorer = new Scorer(module, device, description.Outputs);
        _rowScorer = rowModule is null ? _scorer : new Scorer(rowModule, device, description.Outputs);
        if (rowModule is not null)
            rowModule.Logged.IsMuted = true;
    }

    /// <summary>Gets the trained network, in evaluation mode, on the device it was trained or loaded on; it belongs to the transformer.</summary>
    public nn.Module Network => _scorer.Use(NetworkOf);

    /// <summary>Gets every logged value of the training run.</summary>
    public History History => _description.History;

    /// <summary>Gets why training ended.</summary>
    public StopReason StopReason => _description.StopReason;

    /// <summary>Gets the epoch, from 0, whose weights the model has; null when it has those with which training ended.</summary>
    public int? BestEpoch => _description.BestEpoch;

    /// <summary>Gets the seed of the run; an <c>MLContext</c> with this seed repeats it.</summary>
    public long Seed => _description.Seed;

    /// <summary>Gets the device that the network is on.</summary>
    internal Device Device { get; }

    /// <summary>Gets what the model was trained by, or null when it was loaded from a file.</summary>
    internal TrainerPlan? Plan { get; }

    /// <summary>Gets the columns as fitted, by batch key: all of them, or those that scoring reads when the model was loaded from a file.</summary>
    internal IReadOnlyDictionary<string, TensorColumn> Columns { get; }

    /// <summary>Gets the number of rows in a batch.</summary>
    internal int BatchSize => _description.BatchSize;

    private protected override (string Name, DataViewType Type) Feature
    {
        get
        {
            TensorColumn[] columns = [.. _description.Columns.Values];
            if (columns is not [{ Reader: null } column])
                throw MLNetErrors.Mark(new InvalidOperationException("ML.NET's PermutationFeatureImportance permutes the values of one vector column, and this model reads " +
                    $"{(columns.Length == 0 ? "none" : string.Join(", ", columns.Select(other => (other.Reader is null ? "" : "the files of ") + $"'{other.ColumnName}'")))}. " +
                    "Permute whole columns instead: mlContext.Fuse().PermutationFeatureImportance(model, data)."));
            // Of unknown size where the trainer was not told a shape.
            return (column.ColumnName, column.Shape.Count == 0 ? new VectorDataViewType(NumberDataViewType.Single, size: 0)
                : new VectorDataViewType(NumberDataViewType.Single, column.Shape.Select(size => (int)size).ToArray()));
        }
    }

    private protected override nn.Module TrainedNetwork => Network;

    private protected override string LoaderSignature => LoaderName;

    private protected override string ModelSignature => "FUSENET ";

    /// <summary>Builds a copy of the trained network, on the CPU and in evaluation mode, that belongs to the caller.</summary>
    /// <exception cref="ObjectDisposedException">The transformer was disposed.</exception>
    public nn.Module CreateModule() => NetworkOf(CopyModule());

    /// <summary>Makes the ONNX graph of the network, its inputs' normalization and its outputs.</summary>
    /// <param name="data">The rows that the network is run on, to see what it does; any rows with its columns.</param>
    /// <param name="isFlat">Whether the graph's inputs are vectors without shape, as in ML.NET's own graphs.</param>
    /// <exception cref="NotSupportedException">The network does something that has no ONNX form.</exception>
    internal OnnxGraph ToOnnx(IDataView data, bool isFlat)
    {
        OnnxOutput[] outputs = [.. _description.Outputs.Select(output =>
            new OnnxOutput(output.Name, output.Key, output.Activation, output.Kind == OutputKind.Scalar ? [1] : output.Shape, output.PredictedLabelName))];
        ColumnBinding[] bindings = Bind(data.Schema).Bindings;
        using LightningModule copy = CopyModule();
        return OnnxExporter.Export(copy, NetworkOf(copy), bindings, outputs, data, isFlat);
    }

    /// <summary>Makes a transformer that scores without the batch normalizations that can be folded; for all else it has the weights as they were trained.</summary>
    /// <param name="data">Rows to check it on.</param>
    /// <param name="log">Is told how many there are and were folded.</param>
    /// <exception cref="ArgumentException">There is no row.</exception>
    /// <exception cref="InvalidOperationException">The scores differ by more than rounding.</exception>
    internal FuseTransformer FoldBatchNorm(IDataView data, IRunLog log)
    {
        LightningModule copy = CopyModule(), folded = CopyModule();
        var transformer = new FuseTransformer(_description, copy, Device, Plan, Columns, folded);
        int before, count;
        try
        {
            before = BatchNormFolding.Count(folded);
            count = BatchNormFolding.Fold(folded);
            // On the CPU, which rounds less than the convolutions of a GPU may. The modules stay the transformer's.
            FoldingCheck.Check(data, Bind(data.Schema).Bindings, _description.Outputs, new Scorer(copy, CPU, _description.Outputs), new Scorer(folded, CPU, _description.Outputs));
            copy.MoveTo(Device);
            folded.MoveTo(Device);
        }
        catch
        {
            transformer.Dispose();
            throw;
        }
        log.Info($"{count} of {before} batch normalizations became part of the layers before them.");
        if (count == 0)
            log.Warning("No batch normalization was folded: only those that come right behind a convolution or linear layer, in a Sequential or in the library's own backbones, can be.");
        return transformer;
    }

    /// <summary>Builds a copy of the trained module with the losses and metrics of a plan, on the CPU; losses that were trained too keep what they learned.</summary>
    internal LightningModule Copy(ModulePlan plan) => _scorer.Use(trained =>
    {
        LightningModule copy = (plan.Arguments is null ? plan : plan with { Arguments = plan.Arguments with { Model = _description.Model ?? plan.Arguments.Model } }).Build();
        try
        {
            ScoringWeights.Copy(trained, copy);
            ScoringWeights.CopyOthers(trained, copy);
            return Plan is not null || copy.parameters().Count() == copy.ScoringState().Values.OfType<Parameter>().Count() ? copy
                : throw MLNetErrors.Mark(new InvalidOperationException("A loss has parameters that were trained with the network, which the model file does not hold: evaluate the model that Fit returned."));
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    });

    /// <summary>Writes the network's parameters and buffers as a safetensors file, which Python opens: <c>safetensors.torch.load_file(path)</c>.</summary>
    /// <remarks>Names are those of the network's own class, or <c>backbone.*</c>, <c>heads.*</c> and so on of a model. <see cref="WeightsFile"/> reads it.</remarks>
    /// <param name="path">The file; one that is there is replaced, whole or not at all.</param>
    /// <exception cref="ObjectDisposedException">The transformer was disposed.</exception>
    public void SaveWeights(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _scorer.Use(module =>
        {
            AtomicFile.Write(path, stream => SafetensorsWriter.Write(stream, module.NetworkState(), new Dictionary<string, string> { ["format"] = "pt" }));
            return true;
        });
    }

    /// <summary>Gets what the model file holds beside the weights.</summary>
    internal ModelDescription Description => _description;

    /// <summary>Copies the trained weights into the parameters and buffers of the same network.</summary>
    internal void CopyWeightsTo(IReadOnlyDictionary<string, Tensor> state) => _scorer.Use(trained =>
    {
        ScoringWeights.Copy(trained.ScoringState(), state);
        return true;
    });

    /// <summary>Builds the module that a description names, gives it weights, and makes a transformer of it.</summary>
    internal static FuseTransformer Create(ModelDescription description, Device device, Action<LightningModule> fill)
    {
        LightningModule module = Build(description);
        try
        {
            fill(module);
            module.MoveTo(device);
            module.eval();
        }
        catch
        {
            module.Dispose();
            throw;
        }
        return new FuseTransformer(description, module, device, null, null);
    }

    /// <inheritdoc/>
    public override DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Bind(inputSchema).Output;

    /// <inheritdoc/>
    public override IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new ScoringRowMapper(Bind(inputSchema), _rowScorer);

    /// <summary>Adds the network's outputs to a view, lazily.</summary>
    /// <param name="input">The rows to score.</param>
    /// <exception cref="ArgumentException">An input column is missing or has the wrong type or size.</exception>
    /// <exception cref="ObjectDisposedException">The transformer was disposed.</exception>
    public override IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new ScoredView(input, Bind(input.Schema), _rowScorer, _description.BatchSize, data => ToOnnx(data, isFlat: true));
    }

    /// <summary>Frees the network's memory. Scoring afterwards throws <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        _scorer.Dispose();
        if (_rowScorer != _scorer)
            _rowScorer.Dispose();
    }

    private protected override void Save(ModelArchiveWriter archive)
    {
        _scorer.ThrowIfDisposed();
        if (_description.Model?.WhyNotSavable() is { } reason)
            throw MLNetErrors.Mark(new InvalidOperationException($"This model cannot be saved: {reason}."));
        var scripts = new ScriptEntries();
        archive.Write(DescriptionEntry, stream => JsonSerializer.Serialize(stream, _description, scripts.Description));
        foreach ((string name, TorchScriptFile file) in scripts.Files)
            archive.Write(name, stream => stream.Write(file.Bytes.Span));
        archive.Write(WeightsEntry, stream => _scorer.Use(module =>
        {
            SafetensorsWriter.Write(stream, module.ScoringState());
            return true;
        }));
    }

    static FuseTransformer IArchived<FuseTransformer>.Load(IHostEnvironment environment, ModelArchiveReader archive)
    {
        var scripts = new ScriptEntries(MLNetEnvironment.AllowsTorchScript(environment) ? archive.ReadBytes : null);
        ModelDescription description = archive.Read(DescriptionEntry, stream => VersionedJson.Read(stream, $"The model file's {DescriptionEntry}",
            ModelDescription.CurrentFormat, scripts.Reading));
        foreach (TensorColumn column in description.Columns.Values)
            column.Reader?.CheckClass();
        return archive.Read(WeightsEntry, stream =>
        {
            var weights = new SafetensorsReader(stream, $"the model file's {WeightsEntry}");
            using IDisposable bounded = ParameterBudget.Limit(weights.Entries.Values, $"the model file's {WeightsEntry}", out _);
            return Create(description, MLNetEnvironment.Device(environment, FuseDevice.Auto, nameof(FuseTransformer)), module => weights.CopyTo(module.ScoringState()));
        });
    }

    private LightningModule CopyModule() => _scorer.Use(module =>
    {
        LightningModule copy = Build(_description);
        ScoringWeights.Copy(module, copy);
        copy.eval();
        return copy;
    });

    private static LightningModule Build(ModelDescription description)
    {
        // Building draws initial weights from the process-wide random state; owning it keeps loading invisible to everyone else.
        using IDisposable random = RandomState.Borrow();
        return new ModulePlan(description.Model is { } model ? new() { Model = model } : null, description.Module).Build();
    }

    private static nn.Module NetworkOf(LightningModule module) =>
        module.GetType() != typeof(LightningModuleDefault) ? module : ((LightningModuleDefault)module).Model is WrapSeqToDictModule wrap ? wrap.Network : ((LightningModuleDefault)module).Model;

    private ScoredSchema Bind(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        _scorer.ThrowIfDisposed();
        return new ScoredSchema(inputSchema, _description.Columns, _description.Outputs);
    }
}
