namespace Fuse.MLNet.Tests;

/// <summary>Is one linear layer that counts its forward passes, and the rows of those in training.</summary>
public sealed class CountingNetwork : nn.Module<Tensor, Tensor>
{
    private readonly TorchSharp.Modules.Linear _linear = nn.Linear(2, 3);

    public CountingNetwork()
        : base(nameof(CountingNetwork)) => RegisterComponents();

    public static int Forwards { get; set; }

    public static long TrainedRows { get; set; }

    public override Tensor forward(Tensor input)
    {
        Forwards++;
        if (training)
            TrainedRows += input.shape[0];
        return _linear.call(input);
    }
}
