using Microsoft.ML;
using static TorchSharp.torch.nn;

namespace Fuse.MLNet.Tests;

/// <summary>Exports networks of every kind of layer and function, and runs them by ONNX Runtime.</summary>
[TestClass]
public sealed class LayerOnnxTests : LeakCheckedTest
{
    private static readonly Dictionary<string, (long[] Shape, long Vocabulary, Func<nn.Module<Tensor, Tensor>> Build)> Cases = new(StringComparer.Ordinal)
    {
        ["Conv1d"] = ([3, 9], 0, () => Sequential(Conv1d(3, 4, 3, stride: 2, padding: 1, dilation: 2), BatchNorm1d(4), ReLU())),
        ["Conv2d"] = ([4, 8, 7], 0, () => Sequential(Conv2d(4, 6, (3, 2), (2, 1), (1, 0), groups: 2, bias: false), BatchNorm2d(6, affine: false), SiLU())),
        ["Conv2d same"] = ([2, 6, 7], 0, () => Conv2d(2, 3, 4, padding: Padding.Same)),
        ["Conv3d"] = ([1, 5, 6, 4], 0, () => Sequential(Conv3d(1, 2, 3, padding: 1), BatchNorm3d(2), ELU(0.7))),
        ["ConvTranspose1d"] = ([3, 5], 0, () => ConvTranspose1d(3, 2, 3, stride: 2, padding: 1, output_padding: 1)),
        ["ConvTranspose2d"] = ([3, 4, 5], 0, () => ConvTranspose2d(3, 2, 2, stride: 2)),
        ["ConvTranspose3d"] = ([2, 3, 2, 4], 0, () => ConvTranspose3d(2, 3, 2, stride: 2)),
        ["norms"] = ([4, 6, 5], 0, () => Sequential(InstanceNorm2d(4, affine: true), GroupNorm(2, 4), LayerNorm([6, 5]), Softsign())),
        ["norms without weights"] = ([4, 6], 0, () => Sequential(InstanceNorm1d(4), GroupNorm(2, 4, affine: false), LayerNorm([6], elementwise_affine: false))),
        ["instance norm with statistics"] = ([4, 6, 5], 0, () => InstanceNorm2d(4, track_running_stats: true)),
        ["MaxPool"] = ([2, 9, 7], 0, () => Sequential(MaxPool2d(3, stride: 2, padding: 1), Mish())),
        ["MaxPool ceil"] = ([2, 8, 8], 0, () => MaxPool2d(3, stride: 2, ceil_mode: true)),
        ["MaxPool1d"] = ([2, 9], 0, () => MaxPool1d(2)),
        ["MaxPool3d"] = ([2, 4, 6, 4], 0, () => MaxPool3d(2)),
        ["AvgPool"] = ([2, 9, 7], 0, () => AvgPool2d(3, stride: 2, padding: 1)),
        ["AvgPool without padding"] = ([2, 9, 7], 0, () => AvgPool2d(3, stride: 2, padding: 1, count_include_pad: false)),
        ["adaptive pools"] = ([2, 8, 6], 0, () => Sequential(AdaptiveAvgPool2d([4L, 3L]), AdaptiveMaxPool2d([2L, 1L]))),
        ["global pools"] = ([2, 8, 6], 0, () => Sequential(AdaptiveAvgPool2d(1), Flatten())),
        ["upsample"] = ([2, 4, 3], 0, () => Sequential(Upsample(scale_factor: [2.0, 3.0]), Upsample(size: [16L, 18L], mode: UpsampleMode.Bilinear, align_corners: false))),
        ["upsample to corners"] = ([2, 4, 3], 0, () => Upsample(size: [7L, 5L], mode: UpsampleMode.Bilinear, align_corners: true)),
        ["PixelShuffle"] = ([8, 3, 2], 0, () => PixelShuffle(2)),
        ["padding"] = ([2, 4, 3], 0, () => Sequential(ConstantPad2d((1, 2, 0, 1), 0.5), ReflectionPad2d((1, 1, 2, 0)), ReplicationPad2d((0, 2, 1, 0)), ZeroPad2d((1, 0, 0, 0)))),
        ["activations"] = ([6], 0, () => Sequential(ReLU6(), LeakyReLU(0.2), ELU(), SELU(), CELU(0.5), GELU(), Hardsigmoid(), Hardswish(), Softplus(2), LogSigmoid(), Tanh(), Sigmoid(), Threshold(0.3, 0.1))),
        ["Hardtanh"] = ([6], 0, () => Hardtanh(-0.5, 2)),
        ["PReLU"] = ([3, 4, 4], 0, () => Sequential(PReLU(3), PReLU(1))),
        ["softmaxes"] = ([3, 4, 5], 0, () => Sequential(Softmax(1), LogSoftmax(2), Softmax2d())),
        ["in place"] = ([5], 0, () => Sequential(Linear(5, 4), ReLU(inplace: true), Dropout(0.3), Linear(4, 3, hasBias: false), SiLU(inplace: true))),
        ["Linear over tokens"] = ([4, 5], 0, () => Sequential(Linear(5, 3), Linear(3, 2, hasBias: false), AlphaDropout(0.1), Unflatten(1, [2, 2]))),
        ["Embedding"] = ([6], 9, () => Sequential(Embedding(9, 4, padding_idx: 0), Flatten(), Linear(24, 3))),
        ["TransformerEncoderLayer"] = ([5, 8], 0, () => new Forward(TransformerEncoderLayer(8, 2, 16, 0.1), (m, x) => ((TorchSharp.Modules.TransformerEncoderLayer)m).call(x.transpose(0, 1), null, null).transpose(0, 1))),
        ["attention"] = ([2, 5, 4], 0, () => new Forward(Identity(), (_, x) => functional.scaled_dot_product_attention(x, x + 1, x * 2, is_casual: true))),
        ["arithmetic"] = ([4, 3], 0, () => new Forward(Linear(3, 3), (m, x) =>
        {
            Tensor y = ((nn.Module<Tensor, Tensor>)m).call(x);
            return ((y * 0.25) + (x / 3) - (1 - y).abs().sqrt() + x.square().mean([2], keepdim: true) - x.amax([1]).unsqueeze(1) + y.pow(3) + (2 / (x.exp() + 1)) + x.clamp(-0.5, 0.75)).neg();
        })),
        ["shapes"] = ([4, 6], 0, () => new Forward(Identity(), (_, x) =>
        {
            Tensor[] halves = x.chunk(2, 2);
            Tensor joined = cat([halves[1], halves[0].flip(2), x[.., .., 1..4]], 2);
            Tensor stacked = stack([joined, joined * 2], 1).permute(0, 2, 1, 3);
            return stacked.reshape(x.shape[0], 4, -1).narrow(2, 3, 10).select(1, 2).unsqueeze(1).expand(x.shape[0], 3, 10).roll(2, 2) + x.split(2, 1)[1].sum(1).repeat(1, 2)[.., ..10].unsqueeze(1);
        })),
        ["masks"] = ([4, 4], 0, () => new Forward(Identity(), (_, x) =>
        {
            Tensor lower = ones(4, 4).tril().to(ScalarType.Bool);
            Tensor hidden = x.masked_fill(lower.logical_not(), float.NegativeInfinity).softmax(-1);
            return where(x > 0.5, hidden, zeros_like(x)) + x.eq(x.amax([-1], keepdim: true)).logical_or(x.lt(0)).to(ScalarType.Float32) + arange(4).to(ScalarType.Float32);
        })),
        ["class token"] = ([3, 4], 0, () => new WithToken()),
        ["statistics"] = ([3, 5], 0, () => new Forward(Identity(), (_, x) => cat([x.var(2), x.std(2, unbiased: false), x.norm(2), x.logsumexp(2), x.argmax(2).to(ScalarType.Float32), x.max(2).values], 1))),
        ["einsum"] = ([3, 5], 0, () => new Forward(Linear(5, 5, hasBias: false), (m, x) => einsum("bij,bkj->bik", x, ((nn.Module<Tensor, Tensor>)m).call(x)))),
        ["GLU"] = ([3, 6], 0, () => GLU(2)),
        ["rows in the shape"] = ([3, 4], 0, () => new Forward(Linear(4, 4), (m, x) => ((nn.Module<Tensor, Tensor>)m).call(x.reshape(-1, 4)).view(x.shape[0], 3, 4) + zeros(x.shape[0], 1, 4) + ones(3, x.shape[0]).t().unsqueeze(2))),
    };

    public static IEnumerable<object[]> Names => Cases.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void OnnxRuntimeGivesTheSame(string name)
    {
        (long[] shape, long vocabulary, Func<nn.Module<Tensor, Tensor>> build) = Cases[name];
        var ml = new MLContext(seed: 1);
        IDataView rows = Untrained.Rows(ml, 10, [shape], [vocabulary]);
        long[] output;
        using (NewDisposeScope())
        {
            using nn.Module<Tensor, Tensor> network = build();
            network.eval();
            output = network.call(vocabulary > 0 ? zeros([2, .. shape], ScalarType.Int64) : zeros([2, .. shape])).shape[1..];
        }
        FuseTransformer model = Own(Untrained.Model(Network.Of(build), [shape], output, BackboneCase.Fill));
        OnnxRun.IsEqual(ml, OnnxRun.Export(ml, model, rows), model, rows, [1, 2, 10]);
    }

    /// <summary>Is a module with a function around it.</summary>
    private sealed class Forward : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module _inner;
        private readonly Func<nn.Module, Tensor, Tensor> _run;

        public Forward(nn.Module inner, Func<nn.Module, Tensor, Tensor> run)
            : base(nameof(Forward))
        {
            (_inner, _run) = (inner, run);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => _run(_inner, input);
    }

    /// <summary>Puts a learned token before the tokens of each row.</summary>
    private sealed class WithToken : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Parameter _token = new(randn(1, 1, 4));

        public WithToken()
            : base(nameof(WithToken)) => RegisterComponents();

        public override Tensor forward(Tensor input) => cat([_token.expand(input.shape[0], -1, -1), input], 1);
    }
}
