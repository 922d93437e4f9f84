"""Makes the small TorchScript files of this folder, with weights by formula, and scripts.json with what they give for inputs by formula.

Needs torch (1.13 made the files). Run: python3 make_scripts.py
"""
import json
import os

import torch
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))


def noise(count, salt):
    """Numbers in [-1, 1) that depend on their position and a salt only."""
    x = torch.sin(torch.arange(count, dtype=torch.float64) * 12.9898 + salt * 78.233) * 43758.5453
    return ((x - torch.floor(x)) * 2 - 1).float()


def fill(model):
    for salt, (_, value) in enumerate(sorted(model.named_parameters())):
        value.data.copy_(noise(value.numel(), salt).reshape(value.shape))


class Classifier(nn.Module):
    """Three classes of two numbers; counts its training batches in a buffer that it replaces."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.1))
        self.head = nn.Linear(8, 3)
        self.register_buffer("batches", torch.zeros(()))

    def forward(self, features):
        if self.training:
            self.batches = self.batches + 1
        return self.head(self.features(features))


class Pair(nn.Module):
    """Two inputs, two outputs, and one parameter under two names."""

    def __init__(self):
        super().__init__()
        self.left = nn.Linear(2, 3)
        self.right = nn.Linear(2, 3)
        self.right.weight = self.left.weight

    def forward(self, left, right):
        logits = self.left(left) + self.right(right)
        return logits, logits.softmax(1)


class Listed(nn.Module):
    """A list of tensors."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 3)

    def forward(self, features):
        return [self.layer(features), features]


class Mapped(nn.Module):
    """A dictionary, which cannot be read."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 3)

    def forward(self, features):
        return {"logits": self.layer(features)}


class Traced(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 3)

    def forward(self, features):
        return torch.tanh(self.layer(features))


def main():
    values = {}
    rows = noise(8, 100).reshape(4, 2)
    for model in [Classifier(), Pair(), Listed(), Mapped(), Traced()]:
        fill(model)
        model.eval()
        name = type(model).__name__.lower()
        script = torch.jit.trace(model, rows) if name == "traced" else torch.jit.script(model)
        script.train(name != "traced")
        script.save(os.path.join(HERE, f"{name}.pt"))
        with torch.no_grad():
            out = model(rows, rows.flip(0)) if name == "pair" else model(rows)
        out = list(out.values()) if isinstance(out, dict) else list(out) if isinstance(out, (list, tuple)) else [out]
        values[name] = {"outputs": [o.double().flatten().tolist() for o in out], "parameters": sorted(name for name, _ in script.named_parameters())}
    with open(os.path.join(HERE, "scripts.json"), "w") as file:
        json.dump({"rows": rows.double().flatten().tolist(), "models": values}, file, indent=1)
    torch.save(Classifier().state_dict(), os.path.join(HERE, "weights_only.pt"))


if __name__ == "__main__":
    main()
