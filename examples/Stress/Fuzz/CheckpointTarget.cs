using Microsoft.ML;

namespace Fuse.MLNet.Examples.Stress;

/// <summary>Mutates checkpoints and resumes from them.</summary>
internal sealed class CheckpointTarget : IFuzzTarget
{
    private readonly string _folder;
    private readonly int _seed;
    private readonly List<(string Name, byte[] Bytes, OptimizerSpec Optimizer)> _files = [];

    /// <summary>Trains to the middle of an epoch, once with each kind of optimizer.</summary>
    public CheckpointTarget(string folder, int seed)
    {
        (_folder, _seed) = (folder, seed);
        string path = Path.Combine(folder, "run");
        foreach ((string name, OptimizerSpec optimizer) in new (string, OptimizerSpec)[]
        {
            ("fused Adam", Optimizers.Adam(1e-3)),
            ("TorchSharp's Adamax", Optimizers.Adamax()),
        })
        {
            Fit(optimizer, options => (options.ModelDirectory, options.MaxSteps) = (path, 4));
            _files.Add((name, File.ReadAllBytes(Path.Combine(path, "last.ckpt")), optimizer));
            Directory.Delete(path, recursive: true);
        }
    }

    /// <inheritdoc/>
    public void Warm()
    {
        foreach ((string name, byte[] bytes, _) in _files)
            Load(new Mutant(name, bytes, 0));
    }

    /// <inheritdoc/>
    public Mutant Mutate(SeededRandom random)
    {
        (string name, byte[] bytes, _) = _files[random.Below(_files.Count)];
        byte[] changed = SafetensorsMutator.Mutate(bytes, random);
        return new Mutant(name, changed, changed.Length);
    }

    /// <inheritdoc/>
    public void Load(Mutant mutant)
    {
        string path = Path.Combine(_folder, "mutant.ckpt");
        File.WriteAllBytes(path, mutant.Bytes);
        try
        {
            Fit(_files.Single(file => file.Name == mutant.Name).Optimizer, options => options.ResumeFrom = path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private void Fit(OptimizerSpec optimizer, Action<FuseTrainer.Options> change)
    {
        var ml = new MLContext(_seed) { TempFilePath = _folder };
        var options = new FuseTrainer.Options
        {
            Columns = { ["data.input"] = new(nameof(Row.Features)), ["data.label"] = new(nameof(Row.Label)) },
            Model = new ModelWrapSeqToDict { Model = Network.Of<Perceptron>(8), Inputs = ["data.input"], Outputs = ["model.logits.cls"] },
            Losses = { ["cls"] = new LossCrossEntropy { Pred = "model.logits.cls" } },
            TrainMetrics = { ["accuracy"] = new MetricAccuracy("model.logits.cls", "data.label") },
            ValidationMetrics = { ["accuracy"] = new MetricAccuracy("model.logits.cls", "data.label") },
            Callbacks = { new ExponentialMovingAverage(0.9) },
            Optimizer = optimizer,
            ValidationFraction = 0.25,
            MaxEpochs = 2,
            BatchSize = 8,
        };
        change(options);
        ml.Fuse().Train(options).Fit(Row.View(ml, 32, _seed)).Dispose();
    }
}
