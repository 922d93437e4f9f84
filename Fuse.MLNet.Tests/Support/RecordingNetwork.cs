namespace Fuse.MLNet.Tests;

/// <summary>Notes every input it gets; its output is a number a row, a parameter times the sum of the row's input.</summary>
public sealed class RecordingNetwork : nn.Module<Tensor, Tensor>
{
    private readonly TorchSharp.Modules.Parameter _scale;

    public RecordingNetwork()
        : base(nameof(RecordingNetwork))
    {
        _scale = nn.Parameter(ones(1));
        RegisterComponents();
    }

    /// <summary>Gets the inputs, in the order of the forward passes.</summary>
    public static List<Input> Inputs { get; } = [];

    public override Tensor forward(Tensor input)
    {
        using (Tensor values = input.to(ScalarType.Float64))
            Inputs.Add(new Input(training, input.dtype, input.shape, values.data<double>().ToArray()));
        return input.to(ScalarType.Float32).reshape(input.shape[0], -1).sum(1, keepdim: true) * _scale;
    }

    /// <summary>Holds one input.</summary>
    public sealed record Input(bool IsTraining, ScalarType DType, long[] Shape, double[] Values);
}
