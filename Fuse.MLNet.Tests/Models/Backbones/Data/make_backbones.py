"""Makes backbones.json: names, shapes and forward values of the originals, with weights and inputs by formula.

Needs torch and torchvision (0.14 made the file), the sources of fuse-med-ml, and vit_pytorch, x_transformers (1.16.0), einops,
efficientnet_pytorch on the Python path. Run: FUSE_MED_ML=/path/to/fuse-med-ml python3 make_backbones.py
"""
import importlib.util
import json
import math
import os

import torch
from torch import nn
from torchvision.models import resnet18, resnet34, resnet50
from torchvision.models.video import r3d_18

torch.set_num_threads(1)
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
            value = value * math.sqrt(3 * shape[0] / math.prod(shape))
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


perceptrons()
resnets()
resnets_3d()
with open(os.path.join(HERE, "backbones.json"), "w") as file:
    file.write('{\n' + ",\n".join(f'"{n}": {json.dumps(c, separators=(",", ":"))}' for n, c in CASES.items()) + '\n}\n')
