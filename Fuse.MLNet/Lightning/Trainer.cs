using System.Diagnostics;
using System.Globalization;

namespace Fuse.MLNet;

/// <summary>Runs the training loop: each epoch trains, validates, ends its means, and keeps the best weights.</summary>
internal sealed class Trainer
{
    private readonly LightningModule _module;
    private readonly TrainerOptions _options;
    private readonly TrainingRun _run;
    private long _globalStep;

    public Trainer(LightningModule module, TrainerOptions options, TrainingRun run)
    {
        _module = module;
        _options = options;
        _run = run;
    }

    /// <summary>Trains the module, which must be on its device, and leaves it in evaluation mode.</summary>
    public TrainingResult Fit()
    {
        using optim.Optimizer optimizer = _module.ConfigureOptimizers().Build(TrainableParameters());
        using var best = new BestEpoch(_module, Monitor(), _options.RestoreBestWeights);
        var epochs = new List<EpochRecord>();
        var stop = StopReason.Completed;
        try
        {
            for (int epoch = 0; epoch < _options.MaxEpochs && stop == StopReason.Completed; epoch++)
            {
                var watch = Stopwatch.StartNew();
                if (!TrainEpoch(epoch, optimizer) || !Validate())
                {
                    stop = StopReason.Cancelled;
                    break;
                }
                epochs.Add(new EpochRecord(epoch, ValueList.Create<LoggedValue>(_module.TakeLogged())));
                LogEpoch(epochs[^1], best.Note(epochs[^1]), watch.Elapsed);
            }
        }
        catch (NonFiniteLossException error)
        {
            stop = StopReason.Diverged;
            EndDiverged(error, epochs.Count, best);
        }
        _module.eval();
        return new TrainingResult(new History(ValueList.Create<EpochRecord>([.. epochs])), stop, best.Restore());
    }

    private bool TrainEpoch(int epoch, optim.Optimizer optimizer)
    {
        _module.train();
        using IBatchReader reader = _run.Train.Open(shuffledEpoch: epoch);
        while (!_options.CancellationToken.IsCancellationRequested)
        {
            _run.CheckAlive();
            using var scope = NewDisposeScope();
            if (reader.Next() is not { } batch)
                return true;
            batch.Phase = Phase.Train;
            batch.GlobalStep = _globalStep;
            random.manual_seed(TrainingSeeds.ForStep(_run.Seed, _globalStep));
            optimizer.zero_grad();
            Tensor loss = _module.TrainingStep(batch);
            loss.backward();
            optimizer.step();
            _globalStep++;
        }
        return false;
    }

    private bool Validate()
    {
        if (_run.Validation is null)
            return true;
        _module.eval();
        using var noGrad = no_grad();
        using IBatchReader reader = _run.Validation.Open(shuffledEpoch: null);
        while (!_options.CancellationToken.IsCancellationRequested)
        {
            _run.CheckAlive();
            using var scope = NewDisposeScope();
            if (reader.Next() is not { } batch)
                return true;
            batch.Phase = Phase.Validation;
            batch.GlobalStep = _globalStep;
            _module.ValidationStep(batch);
        }
        return false;
    }

    private Parameter[] TrainableParameters()
    {
        Parameter[] parameters = [.. _module.parameters().Where(parameter => parameter.requires_grad).DistinctBy(parameter => parameter.Handle)];
        return parameters.Length > 0 ? parameters
            : throw MLNetErrors.Mark(new InvalidOperationException("The network has no parameter to train: none requires a gradient. Are its layers fields of the module, registered with RegisterComponents()?"));
    }

    private MetricMonitor? Monitor() => _options.BestEpochSource.Count > 0 ? _options.BestEpochSource[0]
        : _run.Validation is not null ? new MetricMonitor($"{Phase.Validation.LogPrefix()}.{BatchKeys.TotalLoss}") : null;

    private void EndDiverged(NonFiniteLossException error, int epoch, BestEpoch best)
    {
        string message = $"{error.Message} in epoch {epoch + 1}, step {_globalStep}. Lower the learning rate, or look for NaN and infinite values in the input columns.";
        bool usable = _globalStep > 0 && best.RestoreFinite();
        if (_options.OnDivergence == DivergencePolicy.Throw || !usable)
            throw MLNetErrors.Mark(new InvalidOperationException(message, error));
        _run.Log.Error($"{message} Training stops; the model keeps the last good weights.");
    }

    private void LogEpoch(EpochRecord record, bool isBest, TimeSpan elapsed)
    {
        string values = string.Join(", ", record.Values.Select(value => string.Create(CultureInfo.InvariantCulture, $"{value.Name} {value.Value:0.0000}")));
        _run.Log.Info(string.Create(CultureInfo.InvariantCulture,
            $"epoch {record.Epoch + 1}/{_options.MaxEpochs}: {values}{(isBest ? " (best)" : "")}, {elapsed.TotalSeconds:0.0} s"));
    }
}
