"""How far apart do the AUCs of one small click net lie by its initial weights alone? A second implementation, in PyTorch.

    node reference/tug/run.mjs --tension 0 --relatedness 1 --impressions 6000000 --rows 200000 --seed 1,2,3,4,5 --export rows
    python reference/click_net.py rows/*
trains six nets side by side on the rows of each folder, 124-16-8-16-1 with embeddings of its own: 500 steps of 1,024 rows,
Adam, learning rate .008 falling to a tenth, biases 0 but the last, which starts at the log-odds of the base rate. Prints the
expected AUCs, for each way in which the last layer's weights may start. See docs/STUDIES.md.
"""

import argparse
import math
import sys
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent / 'tug'))
from surgery import expected_auc, load  # noqa: E402

NETS, STEPS, BATCH, RATE, DIM = 6, 500, 1024, 8e-3, 4


def he(inputs, units, g):
    return torch.randn(NETS, inputs, units, generator=g) * math.sqrt(2 / inputs)


def last_layer(start, width, g):
    """'lab': variance 1/width, uniform, as the lab's heads start; 'he': N(0, 2/width), as layers before a ReLU do."""
    if start == 'he':
        return he(width, 1, g)
    return (torch.rand(NETS, width, 1, generator=g) * 2 - 1) * math.sqrt(3 / width)


def train(rows, start, seed):
    """Expected AUC of each net. Nets differ in their initial weights alone: all see the same batches."""
    g = torch.Generator().manual_seed(seed)
    n = rows['train']
    w, y = rows['w'][:n, 0], rows['y'][:n, 0]
    base = (w * y).mean().item()
    widths = [rows['columns'] * DIM + rows['x'].shape[1], 16, 8, 16]
    table = torch.randn(NETS, rows['codes'], DIM, generator=g) * 0.05
    W = [he(i, o, g) for i, o in zip(widths, widths[1:])]
    b = [torch.zeros(NETS, 1, o) for o in widths[1:]]
    W.append(last_layer(start, widths[-1], g))
    b.append(torch.full((NETS, 1, 1), math.log(base / (1 - base))))
    parameters = [p.requires_grad_(True) for p in [table, *W, *b]]
    adam = torch.optim.Adam(parameters, lr=RATE)

    def logits(c, x):
        h = torch.cat([table[:, c].reshape(NETS, len(c), -1), x.expand(NETS, -1, -1)], dim=2)
        for k, (weight, bias) in enumerate(zip(W, b)):
            h = torch.baddbmm(bias, h, weight)
            h = torch.relu(h) if k + 1 < len(W) else h
        return h[..., 0]

    order = torch.empty(0, dtype=torch.long)
    for step in range(STEPS):
        adam.param_groups[0]['lr'] = RATE * (1 - 0.9 * step / (STEPS - 1))
        if len(order) < BATCH:
            order = torch.cat([order, torch.randperm(n, generator=g)])
        at, order = order[:BATCH], order[BATCH:]
        losses = torch.nn.functional.binary_cross_entropy_with_logits(
            logits(rows['c'][at], rows['x'][at]), y[at].expand(NETS, -1), reduction='none'
        )
        adam.zero_grad()
        (losses * w[at]).mean(dim=1).sum().backward()
        adam.step()
    with torch.no_grad():
        parts = [logits(rows['c'][i : i + 8192], rows['x'][i : i + 8192]) for i in range(n, len(rows['x']), 8192)]
    scores = torch.cat(parts, dim=1).numpy()
    return [expected_auc(s, rows['p'][:, 0], rows['h']) for s in scores]


def main(folders):
    torch.set_num_threads(1)
    found = {'lab': [], 'he': []}
    for k, folder in enumerate(folders):
        rows = load(folder)
        for start, aucs in found.items():
            aucs.append(train(rows, start, 1000 * (k + 1)))
            print(folder, start, ' '.join(f'{a:.4f}' for a in aucs[-1]), flush=True)
    for start, aucs in found.items():
        a = np.array(aucs)
        print(f'{start}: mean {a.mean():.4f}, s.d. over initial weights {math.sqrt(a.var(axis=1, ddof=1).mean()):.4f}')


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('folders', nargs='+')
    main(parser.parse_args().folders)
