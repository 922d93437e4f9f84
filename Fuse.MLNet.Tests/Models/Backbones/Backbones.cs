namespace Fuse.MLNet.Tests;

/// <summary>Lists the backbones under test by the names of their cases.</summary>
internal static class Backbones
{
    public static readonly IReadOnlyDictionary<string, Network> All = new Dictionary<string, Network>(StringComparer.Ordinal)
    {
        ["mlp"] = new BackboneMultilayerPerceptron(),
        ["mlp_small"] = new BackboneMultilayerPerceptron { Layers = [5, 4], MlpInputSize = 6, ActivationLayer = ActivationLayer.ELU, DropoutRate = 0.1 },
        ["resnet18"] = new BackboneResnet(),
        ["resnet18_1ch_avg"] = new BackboneResnet { InChannels = 1, Pool = GlobalPooling.Average },
        ["resnet34_max"] = new BackboneResnet { Name = "resnet34", Pool = GlobalPooling.Max },
        ["resnet50"] = new BackboneResnet { Name = "resnet50" },
        ["r3d_18"] = new BackboneResnet3D(),
        ["r3d_18_1ch"] = new BackboneResnet3D { InChannels = 1 },
        ["resnet3d_small"] = new BackboneResnet3D { InChannels = 2, FirstChannelDim = 16, FirstStride = 2 },
        ["resnet3d_stem"] = new BackboneResnet3D
        {
            InChannels = 1,
            FirstChannelDim = 4,
            Layers = [1, 2, 1, 1],
            StemKernelSize = [1, 5, 3],
            StemStride = [1, 1, 2],
            Pool = GlobalPooling.Average,
        },
    };

    public static IEnumerable<object[]> Names => All.Keys.Select(name => new object[] { name });

    /// <summary>Lists those that are small enough to be trained in a test.</summary>
    public static IEnumerable<object[]> SmallNames => All.Keys.Where(name => BackboneCase.Of(name).Parameters < 100_000).Select(name => new object[] { name });

    /// <summary>Lists those that run twice in a moment.</summary>
    public static IEnumerable<object[]> MiddleNames => All.Keys.Where(name => BackboneCase.Of(name).Parameters < 3_000_000).Select(name => new object[] { name });

    /// <summary>Runs a module of one or two tensors.</summary>
    public static Tensor Call(nn.Module module, params Tensor[] inputs) => ModuleCall.Of(module, inputs.Length)(inputs)[0];
}
