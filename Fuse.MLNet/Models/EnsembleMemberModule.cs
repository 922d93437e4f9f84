namespace Fuse.MLNet;

/// <summary>The module of <see cref="ModelEnsembleMember"/>.</summary>
internal sealed class EnsembleMemberModule : nn.Module<BatchDict, BatchDict>
{
    private readonly ModelEnsembleMember _description;
    [TorchSharp.Utils.ComponentName(Name = "model")]
    private readonly nn.Module<BatchDict, BatchDict> _model;

    public EnsembleMemberModule(ModelEnsembleMember description)
        : base(nameof(ModelEnsembleMember))
    {
        _description = description;
        _model = description.Model.Build();
        RegisterComponents();
    }

    /// <summary>Runs the model on the batch, which is the member's own copy.</summary>
    /// <returns>The outputs alone.</returns>
    public override BatchDict forward(BatchDict input)
    {
        foreach (EnsembleMemberInput column in _description.Inputs)
            input[column.Key] = TensorBatch.Normalize(input[column.Key], column.Mean, column.StandardDeviation);
        BatchDict made = _model.call(input);
        var outputs = new BatchDict { RowCount = input.RowCount, Phase = input.Phase };
        foreach (EnsembleMemberOutput output in _description.Outputs)
        {
            // Whole numbers have no mean.
            Tensor value = made[output.Key].is_floating_point() ? made[output.Key] : made[output.Key].to(ScalarType.Float32);
            outputs[$"model.output.{output.Name}"] = output.Activation.Apply(value).reshape([-1, .. output.Shape]);
        }
        return outputs;
    }
}
