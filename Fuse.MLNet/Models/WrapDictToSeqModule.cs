namespace Fuse.MLNet;

/// <summary>The module of <see cref="ModelWrapDictToSeq"/>.</summary>
internal sealed class WrapDictToSeqModule : nn.Module<Tensor, Tensor>
{
    private readonly ModelWrapDictToSeq _description;
    [TorchSharp.Utils.ComponentName(Name = "model")]
    private readonly nn.Module<BatchDict, BatchDict> _model;

    public WrapDictToSeqModule(ModelWrapDictToSeq description)
        : base(nameof(ModelWrapDictToSeq))
    {
        _description = description;
        _model = description.Model.Build();
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var batch = new BatchDict { RowCount = (int)input.shape[0], Phase = training ? Phase.Train : Phase.Predict };
        batch[_description.InputKey] = input;
        return _model.call(batch)[_description.OutputKey];
    }
}
