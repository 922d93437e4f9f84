namespace Fuse.MLNet;

/// <summary>The module of <see cref="HeadNetwork"/>.</summary>
internal sealed class HeadNetworkModule : nn.Module<BatchDict, BatchDict>
{
    private readonly HeadNetwork _head;
    [TorchSharp.Utils.ComponentName(Name = "network")]
    private readonly nn.Module _network;
    private readonly Func<BatchDict, Tensor> _read;

    public HeadNetworkModule(HeadNetwork head)
        : base(nameof(HeadNetwork))
    {
        _head = head;
        _network = head.Network.Build();
        _read = BatchFeatures.Reader(_network, $"the head '{head.HeadName}'", head.Inputs);
        RegisterComponents();
    }

    public override BatchDict forward(BatchDict input) => HeadOutput.Store(input, _head, _head.Mode, _read(input));
}
