namespace Fuse.MLNet;

/// <summary>A linear layer with layer normalization, ReLU and dropout, to whose output the input is added where both are equally wide: <c>[N, A]</c> to <c>[N, B]</c>.</summary>
internal sealed class ResidualLayer : nn.Module<Tensor, Tensor>
{
    private readonly bool _isResidual;
    [TorchSharp.Utils.ComponentName(Name = "linear")]
    private readonly TorchSharp.Modules.Linear _linear;
    [TorchSharp.Utils.ComponentName(Name = "norm")]
    private readonly TorchSharp.Modules.LayerNorm _norm;
    [TorchSharp.Utils.ComponentName(Name = "dropout")]
    private readonly TorchSharp.Modules.Dropout _dropout;

    public ResidualLayer(long inputs, long outputs, double dropoutRate)
        : base(nameof(ResidualLayer))
    {
        _isResidual = inputs == outputs;
        _linear = SizedLayer.Linear(inputs, outputs);
        _norm = SizedLayer.LayerNorm(outputs);
        _dropout = nn.Dropout(dropoutRate);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        Tensor output = _dropout.call(nn.functional.relu(_norm.call(_linear.call(input))));
        return _isResidual ? input + output : output;
    }
}
