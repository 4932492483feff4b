"""Would gradient surgery change anything in the tug of war? Trains its preset with and without PCGrad, on rows of the lab.

    node reference/tug/run.mjs --tension 1 --seed 1,2,3 --export rows
    python reference/tug/surgery.py rows/*
prints one line for each run: cosine of both gradients on the shared parameters, over 16,384 training rows and over the
batch, and the expected AUC of both tasks. An independent second implementation in PyTorch: means agree with table.ts, not
digits, since initial weights and batch order are others.
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np
import torch

EVERY = 25
ROWS = 16_384


def load(folder):
    """Rows that table.ts has written: codes c (of one long table), numbers x, labels y, weights w (mean 1 in training), truth."""
    folder = Path(folder)
    sizes = json.loads((folder / "sizes.json").read_text())
    n, train, vocabularies = sizes["rows"], sizes["trainRows"], sizes["vocabularies"]

    def read(name, kind):
        return np.fromfile(folder / name, dtype=kind).reshape(n, -1)

    offsets = np.cumsum([0, *vocabularies[:-1]])
    w = read("weights.f32", np.float32)
    return {
        "c": torch.from_numpy(read("categorical.i32", np.int32).astype(np.int64) + offsets),
        "x": torch.from_numpy(read("numerical.f32", np.float32)),
        "y": torch.from_numpy(read("labels.u8", np.uint8).astype(np.float32)),
        "w": torch.from_numpy(w / w[:train].mean()),
        "p": read("truth.f32", np.float32)[train:].astype(np.float64),
        "h": read("population.f32", np.float32)[train:, 0].astype(np.float64),
        "train": train,
        "codes": sum(vocabularies),
        "columns": len(vocabularies),
    }


def expected_auc(score, p, h):
    """AUC over the population, each row positive to the degree of its true probability; tied scores count half."""
    order = np.argsort(score, kind="stable")
    positive, negative = (p * h)[order], ((1 - p) * h)[order]
    _, group = np.unique(score[order], return_inverse=True)
    plus, minus = np.bincount(group, positive), np.bincount(group, negative)
    below = np.cumsum(minus) - minus / 2
    return float((plus * below).sum() / plus.sum() / minus.sum())


class SharedBottom(torch.nn.Module):
    """Embeddings of 4 beside the numbers -> ReLU(width) -> ReLU(16) a task -> log-odds [B, 2]."""

    def __init__(self, rows, width, base, tower=16, dim=4):
        super().__init__()
        inputs = rows["columns"] * dim + rows["x"].shape[1]
        self.table = torch.nn.Parameter(0.05 * torch.randn(rows["codes"], dim))
        self.bottom = torch.nn.Linear(inputs, width)
        self.towers = torch.nn.ModuleList(torch.nn.Linear(width, tower) for _ in range(2))
        self.ends = torch.nn.ModuleList(torch.nn.Linear(tower, 1) for _ in range(2))
        for layer in [self.bottom, *self.towers]:
            torch.nn.init.kaiming_normal_(layer.weight)
            torch.nn.init.zeros_(layer.bias)
        for end, rate in zip(self.ends, base):
            torch.nn.init.uniform_(end.weight, -math.sqrt(3 / tower), math.sqrt(3 / tower))
            torch.nn.init.constant_(end.bias, math.log(rate / (1 - rate)))

    def forward(self, c, x):
        h = torch.relu(self.bottom(torch.cat([self.table[c].flatten(1), x], 1)))
        return torch.cat([e(torch.relu(t(h))) for t, e in zip(self.towers, self.ends)], 1)

    def shared(self):
        return [self.table, *self.bottom.parameters()]


def losses(net, rows, chosen):
    """L_k, [2]: weighted means over the chosen rows."""
    logits = net(rows["c"][chosen], rows["x"][chosen])
    each = torch.nn.functional.binary_cross_entropy_with_logits(logits, rows["y"][chosen], reduction="none")
    return (each * rows["w"][chosen]).mean(0)


def shared_gradients(net, loss):
    """The gradient of each loss on the shared parameters, [2][P]."""
    shared = net.shared()
    return [torch.cat([g.flatten() for g in torch.autograd.grad(l, shared, retain_graph=True)]) for l in loss]


def cosine(a, b):
    return float(a @ b / (a.norm() * b.norm() + 1e-30))


def train(rows, width, weight, surgery, seed, steps=300, batch=2048, rate=0.005):
    """One run. surgery: PCGrad (Yu et al. 2020), where both gradients oppose, each loses its part along the other."""
    torch.manual_seed(seed)
    n = rows["train"]
    w = rows["w"][:n]
    net = SharedBottom(rows, width, ((rows["y"][:n] * w).sum(0) / w.sum()).tolist())
    optimiser = torch.optim.Adam(net.parameters(), lr=rate)
    many = torch.randperm(n)[:ROWS]
    order, at = torch.randperm(n), 0
    over_rows, over_batch = [], []
    for step in range(steps):
        if step % EVERY == 0:
            over_rows.append(cosine(*shared_gradients(net, losses(net, rows, many))))
        if at + batch > n:
            order, at = torch.randperm(n), 0
        chosen, at = order[at : at + batch], at + batch
        optimiser.param_groups[0]["lr"] = rate * (1 - 0.9 * step / steps)
        loss = losses(net, rows, chosen) * torch.tensor([1.0, weight])
        a, b = shared_gradients(net, loss)
        over_batch.append(cosine(a, b))
        optimiser.zero_grad()
        loss.sum().backward()
        if surgery and a @ b < 0:
            total = a - (a @ b) / (b @ b) * b + b - (a @ b) / (a @ a) * a
            start = 0
            for parameter in net.shared():
                parameter.grad = total[start : start + parameter.numel()].view_as(parameter)
                start += parameter.numel()
        optimiser.step()
    with torch.no_grad():
        score = net(rows["c"][n:], rows["x"][n:]).numpy()
    auc = [expected_auc(score[:, k], rows["p"][:, k], rows["h"]) for k in range(2)]
    return np.mean(over_rows), np.mean(over_batch), np.mean(np.array(over_batch) < 0), auc


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--widths", default="1")
    parser.add_argument("--weights", default="1,3,10")
    given = parser.parse_args()
    torch.set_num_threads(1)
    for seed, folder in enumerate(given.folders, 1):
        rows = load(folder)
        oracle = [expected_auc(rows["p"][:, k], rows["p"][:, k], rows["h"]) for k in range(2)]
        print(f"{folder}: oracle AUC {oracle[0]:.4f} {oracle[1]:.4f}", flush=True)
        for width in map(int, given.widths.split(",")):
            for weight in map(float, given.weights.split(",")):
                for surgery in (False, True):
                    over_rows, over_batch, below, auc = train(rows, width, weight, surgery, seed)
                    print(
                        f"seed {seed} width {width} λ {weight:g} {'PCGrad' if surgery else 'plain '}"
                        f" cosine {over_rows:+.3f}, on batches {over_batch:+.3f} (below 0 in {below:.0%})"
                        f" AUC {auc[0]:.4f} {auc[1]:.4f}",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
