namespace Fuse.MLNet.Tests;

/// <summary>Moves modules to a GPU that keep their tensors in other ways than TorchSharp moves by itself.</summary>
[TestClass]
public sealed class CudaMoveTests : CudaTest
{
    [TestMethod]
    public void EveryTensorStaysTheSameObject()
    {
        using var scope = NewDisposeScope();
        using var module = new Keeper();
        float[] before = [.. module.All.Select(value => value.sum().item<float>())];
        nint[] handles = [.. module.All.Select(value => value.Handle)];
        module.MoveTo(Gpu);
        foreach (Tensor value in module.All)
            Assert.AreEqual((DeviceType.CUDA, 0), (value.device_type, value.device_index));
        CollectionAssert.AreEqual(handles, module.All.Select(value => value.Handle).ToArray());
        CollectionAssert.AreEqual(before, module.All.Select(value => value.sum().item<float>()).ToArray());
        CollectionAssert.AreEqual(new[] { "a", "list", "tied", "mean" }, module.state_dict().Keys.ToArray());
        module.call(ones(2, device: Gpu)).sum().backward();
        // The tied weight is used twice, and its gradient is of both.
        Assert.AreEqual(8f, module.get_parameter("tied")!.grad!.sum().item<float>());
        // Once more there is nothing to do.
        module.MoveTo(Gpu);
        CollectionAssert.AreEqual(handles, module.All.Select(value => value.Handle).ToArray());
    }

    /// <summary>Keeps parameters under other names, in a list and under two names, and a buffer that is not saved.</summary>
    private sealed class Keeper : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Parameter _renamed = nn.Parameter(full([2], 3f));
        private readonly List<TorchSharp.Modules.Parameter> _list = [nn.Parameter(full([2], 5f)), nn.Parameter(full([2], 2f))];
        private readonly Tensor _mean = full([2], 7f);
        private readonly Tensor _mask = full([2], 1f);

        public Keeper()
            : base(nameof(Keeper))
        {
            register_parameter("a", _renamed);
            register_parameter("list", _list[0]);
            register_parameter("tied", _list[1]);
            register_parameter("tied_again", _list[1]);
            register_buffer("mean", _mean);
            register_buffer("mask", _mask, persistent: false);
            foreach (Tensor value in All)
                value.DetachFromDisposeScope();
        }

        public Tensor[] All => [_renamed, .. _list, _mean, _mask];

        public override Tensor forward(Tensor input) => ((input + _renamed) * _mask * _list[1]) + ((_list[0] - _mean) * _list[1]) + (_list[1] * 2);

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            _mask.Dispose();
        }
    }
}
