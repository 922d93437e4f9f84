"""Makes torch.json: files that torch.save wrote, in base64, with the tensors in them. PyTorch 1.13 made it. Run: python3 make_torch.py"""
import base64
import io
import json
import os
from collections import OrderedDict

import torch
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
TYPES = {"Float16": torch.half, "BFloat16": torch.bfloat16, "Float32": torch.float32, "Float64": torch.float64, "Int8": torch.int8, "Int16": torch.int16,
         "Int32": torch.int32, "Int64": torch.int64, "Byte": torch.uint8, "Bool": torch.bool}


def numbers(*shape):
    """Numbers that depend on their position only: exact in every type."""
    count = 1
    for size in shape:
        count *= size
    return ((torch.arange(count, dtype=torch.float32) * 7) % 13 / 2).reshape(shape)


def module():
    network = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    state = network.state_dict()
    for name in state:
        state[name].copy_(numbers(*state[name].shape))
    return network


def views():
    base = numbers(4, 6)
    return OrderedDict([
        ("base", base), ("transposed", base.t()), ("part", base[1:3, 2:5]), ("stepped", base[::2, 1::3]), ("row", base[3]), ("element", base[2, 4]),
        ("expanded", base[:1, :1].expand(3, 2)), ("permuted", numbers(2, 3, 4).permute(2, 0, 1)), ("channels_last", numbers(1, 2, 3, 3).contiguous(memory_format=torch.channels_last)),
        ("scalar", torch.tensor(2.5)), ("empty", torch.zeros(0, 4)), ("ones", numbers(1, 1, 1)),
    ])


def checkpoint(key):
    network = module()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    network(torch.ones(4, 2)).sum().backward()
    optimizer.step()
    return {"epoch": 300, "seed": -70000, "big": 2 ** 70, "best": 0.25, "best_acc1": torch.tensor(76.5), "name": "an ü", "done": True, "none": None, "shape": torch.Size([2, 3]), "device": torch.device("cpu"),
            key: module().state_dict(), "optimizer": optimizer.state_dict(), "milestones": [1, 2, (3, 4), []]}


def write(value, **options):
    file = io.BytesIO()
    torch.save(value, file, **options)
    return base64.b64encode(file.getvalue()).decode()


def case(name, value, state):
    return {"name": name, "file": write(value), "tensors": {key: {
        "type": next(name for name, dtype in TYPES.items() if dtype == tensor.dtype), "shape": list(tensor.shape),
        "values": tensor.detach().double().flatten().tolist()} for key, tensor in state.items()}}


def script():
    file = io.BytesIO()
    torch.jit.save(torch.jit.script(nn.Linear(1, 1)), file)
    return base64.b64encode(file.getvalue()).decode()


types = {name: numbers(3).to(dtype) for name, dtype in TYPES.items()}
parameters = OrderedDict((name, nn.Parameter(numbers(2, 2))) for name in ["a", "b"])
many = {f"layer.{i}.weight": row for i, row in enumerate(numbers(300, 2))}
plain = module().state_dict()
cases = [case("module", plain, plain), case("types", types, types), case("views", views(), views()), case("parameters", parameters, parameters), case("many", many, many)]
cases += [case(key, checkpoint(key), plain) for key in ["state_dict", "model_state_dict", "model"]]
refused = {
    "legacy": write(plain, _use_new_zipfile_serialization=False), "whole module": write(module()), "script": script(), "tensor": write(numbers(2)), "list": write([numbers(2)]),
    "no tensors": write({"a": 1}), "sparse": write({"a": numbers(2, 2).to_sparse()}), "complex": write({"a": torch.zeros(2, dtype=torch.complex64)}),
    "quantized": write({"a": torch.quantize_per_tensor(numbers(2), 0.5, 0, torch.qint8)}), "protocol 4": write(plain, pickle_protocol=4),
}
with open(os.path.join(HERE, "torch.json"), "w") as out:
    lines = ['"cases": [\n' + ",\n".join(json.dumps(item, separators=(",", ":")) for item in cases) + "\n]", '"refused": ' + json.dumps(refused, indent=0)]
    out.write("{\n" + ",\n".join(lines) + "\n}\n")
