using System.Globalization;

namespace Fuse.MLNet;

/// <summary>The ready-made supervised wrapper: runs a model, computes its named losses and logs them.</summary>
/// <remarks>
/// FuseMedML's <c>LightningModuleDefault</c>. Each step adds <c>losses.&lt;name&gt;</c> and <c>losses.total_loss</c>, the sum of the
/// weighted losses, to the batch, and logs them as <c>train|validation.losses.&lt;name&gt;</c>, weighted by rows.
/// </remarks>
public sealed class LightningModuleDefault : LightningModule
{
    [TorchSharp.Utils.ComponentName(Name = "model")]
    private readonly nn.Module<BatchDict, BatchDict> _model;
    private readonly LossModule[] _losses;
    private readonly OptimizerSpec _optimizer;

    /// <summary>Builds the model and the losses from their descriptions.</summary>
    /// <param name="model">The model.</param>
    /// <param name="losses">The losses by name.</param>
    /// <param name="optimizer">The optimizer.</param>
    public LightningModuleDefault(FuseModel model, IEnumerable<KeyValuePair<string, LossBase>> losses, OptimizerSpec optimizer)
        : base(nameof(LightningModuleDefault))
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(losses);
        _optimizer = optimizer;
        _model = model.Build();
        _losses = [.. losses.Select(loss => new LossModule(loss.Key, loss.Value))];
        foreach (LossModule loss in _losses)
            register_module($"loss_{loss.LossName}", loss);
        RegisterComponents();
    }

    /// <summary>Gets the model.</summary>
    public nn.Module<BatchDict, BatchDict> Model => _model;

    /// <inheritdoc/>
    public override BatchDict forward(BatchDict input) => _model.call(input);

    /// <inheritdoc/>
    public override Tensor TrainingStep(BatchDict batch) => Step(batch)
        ?? throw new InvalidOperationException("There is no loss to train with: add one to Losses.");

    /// <inheritdoc/>
    public override void ValidationStep(BatchDict batch) => Step(batch);

    /// <inheritdoc/>
    public override OptimizerSpec ConfigureOptimizers() => _optimizer;

    internal override nn.Module ScoringPart => _model;

    internal override LoggedValue[] TakeLogged()
    {
        // The total of an epoch is the sum of its losses' means, also when a loss had fewer valid rows than another; one without any adds nothing.
        return
        [
            .. Logged.Take().GroupBy(mean => mean.Name[..mean.Name.IndexOf('.', StringComparison.Ordinal)]).SelectMany(phase =>
            {
                double[] means = [.. phase.Where(mean => mean.Weight > 0).Select(mean => mean.Mean().Value)];
                return phase.Select(mean => mean.Mean()).Append(new LoggedValue($"{phase.Key}.{BatchKeys.TotalLoss}", means.Length > 0 ? means.Sum() : double.NaN));
            }),
        ];
    }

    private Tensor? Step(BatchDict batch)
    {
        BatchDict result = call(batch);
        Tensor? total = null;
        foreach (LossModule loss in _losses)
        {
            LossValue value = loss.Forward(result);
            result[$"losses.{loss.LossName}"] = value.Value;
            total = total is null ? value.Value : total + value.Value;
            double number = value.Value.Number();
            if (batch.Phase == Phase.Train && !double.IsFinite(number))
                throw new NonFiniteLossException(string.Create(CultureInfo.InvariantCulture, $"The loss '{loss.LossName}' was {number}"));
            Log($"{batch.Phase.LogPrefix()}.losses.{loss.LossName}", number, value.Rows);
        }
        if (total is not null)
            result[BatchKeys.TotalLoss] = total;
        return total;
    }
}
