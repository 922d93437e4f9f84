namespace Fuse.MLNet;

/// <summary>Puts a learned token before the others.</summary>
internal sealed class MViTClassToken : BackboneModule
{
    [TorchSharp.Utils.ComponentName(Name = "class_token")]
    private readonly Parameter _token;

    public MViTClassToken(long width)
        : base(nameof(MViTClassToken))
    {
        _token = new Parameter(SizedLayer.Zeros(width));
        register_parameter("class_token", _token);
    }

    protected override Tensor Compute(Tensor input) => cat([_token.expand(input.shape[0], 1, -1), input], 1);
}
