"""Makes backbones.json: names, shapes and forward values of the originals, with weights and inputs by formula.

Needs torch and torchvision (0.14 made the file), the sources of fuse-med-ml, and vit_pytorch, x_transformers (1.16.0), einops,
efficientnet_pytorch on the Python path. Run: FUSE_MED_ML=/path/to/fuse-med-ml python3 make_backbones.py
"""
import importlib.util
import json
import math
import os
import sys
import types

import torch
from torch import nn
from torchvision.models import resnet18, resnet34, resnet50
from torchvision.models.video import r3d_18

torch.set_num_threads(1)
for package in ["fuse", "fuse.dl", "fuse.dl.models", "fuse.dl.models.backbones"]:
    sys.modules[package] = types.ModuleType(package)
HERE = os.path.dirname(os.path.abspath(__file__))
FUSE = os.environ["FUSE_MED_ML"]
MAX_VALUES = 64


def fuse(file):
    spec = importlib.util.spec_from_file_location(file, os.path.join(FUSE, "fuse/dl/models/backbones", file + ".py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def noise(count, salt):
    """Numbers in [-1, 1) that depend on their position and a salt only."""
    x = torch.sin(torch.arange(count, dtype=torch.float64) * 12.9898 + salt * 78.233) * 43758.5453
    return (x - torch.floor(x)) * 2 - 1


def fill(model):
    state = model.state_dict()
    names = sorted(name for name in state if not name.endswith("num_batches_tracked"))
    for salt, name in enumerate(names):
        shape = state[name].shape
        value = noise(math.prod(shape), salt).reshape(shape)
        if name.endswith("running_var"):
            value = 1 + 0.5 * value
        elif len(shape) <= 1:
            value = 0.1 * value + (1 if name.endswith(("weight", "gamma", "g")) else 0)
        else:
            value = value * math.sqrt(3 * shape[0] / max(1, math.prod(shape)))
        state[name].copy_(value)


def inputs_of(shapes):
    """Inputs by formula: a shape of reals, or (shape, n) for ids below n."""
    made = []
    for i, shape in enumerate(shapes):
        ids = isinstance(shape[0], (list, tuple))
        sizes = shape[0] if ids else shape
        value = noise(math.prod(sizes), 1000 + i).reshape(sizes)
        made.append(((value + 1) / 2 * shape[1]).long() if ids else value)
    return made


CASES = {}


def case(name, model, *shapes, call=None):
    """Notes a model; shapes are those of its inputs."""
    model = model.double().eval()
    for module in model.modules():
        if hasattr(module, "attn_fn"):  # x_transformers computes it in single precision
            module.attn_fn = torch.nn.functional.softmax
    fill(model)
    with torch.no_grad():
        out = (call or (lambda m, *x: m(*x)))(model, *inputs_of(shapes))
    flat = out.reshape(-1)
    step = max(1, len(flat) // MAX_VALUES)
    CASES[name] = {
        "inputs": [s[0] if isinstance(s[0], (list, tuple)) else s for s in shapes],
        "vocabularies": [s[1] if isinstance(s[0], (list, tuple)) else 0 for s in shapes],
        "parameters": sum(p.numel() for p in model.parameters()),
        "outputShape": list(out.shape),
        "step": step,
        "values": [float(f"{v:.10g}") for v in flat[::step].tolist()],
        "state": {n: list(t.shape) for n, t in model.state_dict().items()},
    }
    print(name, CASES[name]["parameters"], list(out.shape), float(flat.abs().mean()))


def first_convolution(model, name, channels):
    """Gives the first convolution another number of channels."""
    *path, last = name.split(".")
    owner = model
    for part in path:
        owner = getattr(owner, part)
    old = getattr(owner, last)
    new = type(old)(channels, old.out_channels, old.kernel_size, old.stride, old.padding, bias=old.bias is not None)
    setattr(owner, last, new)
    return model


def perceptrons():
    mlp = fuse("backbone_mlp").BackboneMultilayerPerceptron
    case("mlp", mlp(), [3, 103])
    case("mlp_small", mlp(layers=[5, 4], mlp_input_size=6, activation_layer=nn.ELU(), dropout_rate=0.1), [3, 6])


def resnets():
    pools = {"avg": nn.AdaptiveAvgPool2d(1), "max": nn.AdaptiveMaxPool2d(1)}

    def cut(model, channels=3, pool=None):
        model.fc = nn.Identity()
        first_convolution(model, "conv1", channels)
        tail = [pools[pool], nn.Flatten(1)] if pool else []
        call = lambda m, x: nn.Sequential(m.conv1, m.bn1, m.relu, m.maxpool, m.layer1, m.layer2, m.layer3, m.layer4, *tail)(x)
        return model, call

    for name, made, shape in [
        ("resnet18", cut(resnet18()), [1, 3, 64, 64]),
        ("resnet18_1ch_avg", cut(resnet18(), 1, "avg"), [2, 1, 33, 40]),
        ("resnet34_max", cut(resnet34(), 3, "max"), [1, 3, 64, 64]),
        ("resnet50", cut(resnet50()), [1, 3, 64, 64]),
    ]:
        case(name, made[0], shape, call=made[1])


def resnets_3d():
    def cut(model):
        model.fc = nn.Identity()
        return model, lambda m, x: nn.Sequential(m.stem, m.layer1, m.layer2, m.layer3, m.layer4)(x)

    for name, made, shape in [
        ("r3d_18", cut(r3d_18()), [1, 3, 8, 32, 32]),
        ("r3d_18_1ch", cut(first_convolution(r3d_18(), "stem.0", 1)), [1, 1, 16, 64, 64]),
    ]:
        case(name, made[0], shape, call=made[1])
    own = fuse("backbone_resnet_3d").BackboneResnet3D
    case("resnet3d_small", own(in_channels=2, first_channel_dim=16, first_stride=2), [1, 2, 16, 64, 64])
    case("resnet3d_stem", own(in_channels=1, first_channel_dim=4, layers=[1, 2, 1, 1], stem_kernel_size=(1, 5, 3), stem_stride=(1, 1, 2), pool=True), [2, 1, 9, 12, 14])


class Plain(nn.Module):
    """A convolution under the name that FuseMedML's unused output has."""

    def __init__(self, convolution):
        super().__init__()
        self.final_conv = convolution

    def forward(self, x):
        return self.final_conv(x)


def unets():
    """FuseMedML's U-Net, with normalization that stands still, other widths and levels, and other dimensions."""
    unet = fuse("backbone_unet3d")

    def make(first=64, levels=4, channels=1, classes=None, dims=3, **kwargs):
        convolution, transposed, norm, pool = {
            2: (nn.Conv2d, nn.ConvTranspose2d, nn.BatchNorm2d, nn.MaxPool2d),
            3: (nn.Conv3d, nn.ConvTranspose3d, nn.BatchNorm3d, nn.MaxPool3d),
        }[dims]
        act = kwargs.get("act", "relu")
        width = lambda level: first * 2**level

        class Step(nn.Module):
            def __init__(self, inputs, outputs):
                super().__init__()
                step = unet.LUConv(1, outputs, act)
                self.conv1, self.bn1, self.activation = convolution(inputs, outputs, 3, padding=1), norm(outputs), step.activation

            forward = unet.LUConv.forward

        model = nn.Module()
        for level in range(levels):
            down = nn.Module()
            down.ops = nn.Sequential(Step(channels if level == 0 else width(level - 1), width(level) // 2), Step(width(level) // 2, width(level)))
            setattr(model, f"down_tr{64 * 2**level}", down)
        for level in [] if kwargs.get("for_cls") else reversed(range(levels - 1)):
            up = nn.Module()
            up.up_conv = transposed(width(level + 1), width(level + 1), 2, stride=2)
            up.ops = nn.Sequential(Step(width(level + 1) + width(level), width(level)), Step(width(level), width(level)))
            setattr(model, f"up_tr{64 * 2**level}", up)
        if classes:
            model.out_tr = Plain(convolution(first, classes, 1))

        def call(model, x):
            skips = []
            for level in range(levels):
                x = getattr(model, f"down_tr{64 * 2**level}").ops(pool(2)(x) if level else x)
                skips.append(x)
            for level in [] if kwargs.get("for_cls") else reversed(range(levels - 1)):
                up = getattr(model, f"up_tr{64 * 2**level}")
                x = up.ops(torch.cat((up.up_conv(x), skips[level]), 1))
            return model.out_tr(x) if classes else x

        return model, call

    def own(**kwargs):
        unet.ContBatchNorm3d.forward = nn.BatchNorm3d.forward
        return unet.UNet3D(**kwargs)

    case("unet3d", own(), [1, 1, 8, 16, 16])
    case("unet3d_for_cls", own(act="elu", for_cls=True), [1, 1, 16, 32, 32])
    for name, made, shape in [
        ("unet3d_small", make(4, 3, 2, 3, act="prelu"), [1, 2, 4, 8, 12]),
        ("unet2d_small", make(6, 3, 2, 2, dims=2), [1, 2, 8, 12]),
        ("unet2d_deep", make(4, 5, dims=2, act="elu"), [1, 1, 32, 48]),
    ]:
        case(name, made[0], shape, call=made[1])


def inceptions():
    """FuseMedML's Inception-ResNet v2; a convolution that a cut leaves without use is taken out."""
    inception = fuse("backbone_inception_resnet_v2").BackboneInceptionResnetV2
    for units, cut, channels in [(0, 384, 1), (10, 384, 3), (11, 384, 3), (14, 384, 3), (14, 1088, 3), (32, 384, 3), (43, 384, 3)]:
        model = inception(units, cut, channels, pretrained_weights_url=None)
        print("whole", sum(p.numel() for p in model.parameters()))
        if 12 <= units < 32 and cut == 384:
            del model.repeat_1[-1].conv2d
        case(f"inception_{units}" + ("_1088" if cut == 1088 else ""), model, [1, channels, 83, 91])


def efficient_unets():
    """FuseMedML's EfficientNet U-Net, without the parts that no output depends on."""
    unet = fuse("backbone_effiunet").Effi_UNet
    for name, shape, kwargs in [
        ("effi_unet_b0", [1, 3, 64, 96], dict(encoder_name="efficientnet-b0")),
        ("effi_unet_b2", [1, 1, 64, 64], dict(encoder_name="efficientnet-b2", in_channels=1, classes=3, decoder_attention_type="scse", activation="sigmoid")),
        ("effi_unet_b4", [1, 3, 64, 64], dict(encoder_name="efficientnet-b4", decoder_use_batchnorm=False)),
        ("effi_unet_shallow", [2, 2, 16, 24], dict(encoder_name="efficientnet-b0", encoder_depth=3, decoder_channels=(24, 16, 8), in_channels=2)),
        ("effi_unet_tiny", [2, 1, 8, 12], dict(encoder_name="efficientnet-b0", encoder_depth=2, decoder_channels=(16, 8), in_channels=1, classes=2)),
    ]:
        model = unet(encoder_weights=None, **kwargs)
        encoder = model.encoder
        del encoder._conv_head, encoder._bn1
        if "encoder_depth" in kwargs:
            encoder._blocks = encoder._blocks[: encoder._stage_idxs[kwargs["encoder_depth"] - 2]]
        model.decoder.blocks[-1].attention1 = nn.Identity()
        case(name, model, shape)


def transformers():
    """FuseMedML's transformer and ViT."""
    sys.modules["fuse.dl.models.backbones.backbone_transformer"] = fuse("backbone_transformer")
    transformer = sys.modules["fuse.dl.models.backbones.backbone_transformer"].Transformer
    vit = fuse("backbone_vit")
    case("transformer", transformer(num_tokens=5, token_dim=12, depth=2, heads=3, mlp_dim=20, dim_head=7, dropout=0.1, emb_dropout=0.1, num_cls_tokens=2), [3, 5, 12])
    case("transformer_one_head", transformer(num_tokens=4, token_dim=8, depth=1, heads=1, mlp_dim=16, dim_head=8, num_cls_tokens=0), [2, 4, 8])

    def make(token, images, patches, channels, strict=True, **kwargs):
        return vit.ViT(token, dict(image_shape=images, patch_shape=patches, channels=channels, strict=strict), kwargs)

    for name, model, shape, pool in [
        ("vit_tiny", vit.vit_tiny(), [1, 3, 224, 224], "cls"),
        ("vit_small", vit.vit_small(image_shape=(32, 48)), [1, 3, 32, 48], "mean"),
        ("vit_base_two_layers", make(768, (32, 32), (16, 16), 3, depth=2, heads=12, mlp_dim=4 * 768), [1, 3, 32, 32], "none"),
        ("vit_3d", make(8, (4, 6, 8), (2, 3, 4), 2, depth=2, heads=2, mlp_dim=16, dim_head=5), [2, 2, 4, 6, 8], "none"),
        ("vit_1d_rest", make(8, (11,), (4,), 2, False, depth=1, heads=2, mlp_dim=16, dim_head=4), [2, 2, 11], "mean"),
    ]:
        case(name, model, shape, call=lambda m, x, pool=pool: m(x, pool=pool))


def token_encoders():
    """FuseMedML's cross-attention encoder, without the logits that it never computes, and x_transformers' encoder alone."""
    from x_transformers import Encoder, TransformerWrapper

    cross = sys.modules["fuse.dl.models.backbones.backbone_transformer"].CrossAttentionTransformerEncoder

    def make(heads=2, **kwargs):
        model = cross(8, 11, 7, 6, 9, 1, 2, 2, 2, 3, kwargs_encoder_a=dict(attn_dim_head=4), kwargs_encoder_b=dict(attn_dim_head=4),
                      kwargs_cross_attn=dict(heads=heads, attn_dim_head=4), **kwargs)
        del model.enc_a.to_logits, model.enc_b.to_logits
        return model

    def padded(m, a, b):
        mask_a, mask_b = a != 1, b != 1
        a = m.enc_a(a, mask=mask_a, return_embeddings=True)
        b = m.enc_b(b, mask=mask_b, return_embeddings=True)
        return m.last_linear(m.cross_attn(a, context=b, mask=mask_a, context_mask=mask_b))

    ids = [((3, 5), 11), ((3, 9), 7)]
    case("cross_attention", make(), *ids)
    case("cross_attention_seq_a", make(context="seq_a", output_dim=5), *ids)
    case("cross_attention_both", make(3, context="both"), *ids)
    case("cross_attention_padded", make(), *ids, call=padded)

    def pooled(pool, padding):
        def call(m, x):
            mask = x != padding
            x = m(x, mask=None if padding < 0 else mask, return_embeddings=True)
            return {"cls": lambda: x[:, 0], "mean": lambda: (x * mask[..., None]).sum(1) / mask.sum(1, keepdim=True), "none": lambda: x}[pool]()

        return call

    for name, pool, padding in [("text_mean", "mean", 0), ("text_cls", "cls", 2), ("text_all", "none", -1)]:
        model = TransformerWrapper(num_tokens=5, max_seq_len=8, attn_layers=Encoder(dim=8, depth=2, heads=2, attn_dim_head=3))
        del model.to_logits
        case(name, model, ((3, 7), 5), call=pooled(pool, padding))


def multiscale():
    """FuseMedML's MViT: torchvision's, by torchvision's names."""
    mvit = fuse("backbone_mvit").BackboneMViT
    for name, channels, sides in [("mvit", 3, [4, 64, 96]), ("mvit_1ch", 1, [6, 96, 32])]:
        case(name, mvit(channels, sides).model, [1, channels, *sides])


perceptrons()
resnets()
resnets_3d()
unets()
inceptions()
efficient_unets()
transformers()
token_encoders()
multiscale()
with open(os.path.join(HERE, "backbones.json"), "w") as file:
    file.write('{\n' + ",\n".join(f'"{n}": {json.dumps(c, separators=(",", ":"))}' for n, c in CASES.items()) + '\n}\n')
