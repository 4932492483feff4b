"""K networks of the same widths, one a task, side by side in columns. Each layer: Lin -> [BN] -> ReLU.

With one shared input [B, F], layer1.W is [F, K·D_1], task k in columns k·D_1 ... . With an own input for each task,
[B, K·F], it is [K, F, D_1]. The layers after it are [K, D_{l-1}, D_l] in both. Biases, gamma and beta are [K·D_l].
"""

import torch

import ops


def shapes(config, shared_input):
    tasks, width = config['tasks'], config['inputWidth']
    found = {}
    for n, units in enumerate(config['layers'], start=1):
        if n == 1 and shared_input:
            found['layer1.W'] = (width, tasks * units)
        else:
            found[f'layer{n}.W'] = (tasks, width, units)
        found[f'layer{n}.b'] = (tasks * units,)
        if config['batchNorm']:
            found[f'layer{n}.gamma'] = (tasks * units,)
            found[f'layer{n}.beta'] = (tasks * units,)
        width = units
    return found


def of_task(t, k, units):
    return t[k * units : (k + 1) * units]


def forward(p, x, config, shared_input):
    """Task by task, each with its own slice of the parameters."""
    results = []
    for k in range(config['tasks']):
        h = x if shared_input else x[:, k * config['inputWidth'] : (k + 1) * config['inputWidth']]
        for n, units in enumerate(config['layers'], start=1):
            W = p[f'layer{n}.W']
            W_k = W[:, k * units : (k + 1) * units] if n == 1 and shared_input else W[k]
            h = ops.dense(h, W_k, of_task(p[f'layer{n}.b'], k, units))
            if config['batchNorm']:
                gamma = of_task(p[f'layer{n}.gamma'], k, units)
                h = ops.batch_norm(h, gamma, of_task(p[f'layer{n}.beta'], k, units))
            h = ops.relu(h)
        results.append(h)
    return torch.cat(results, dim=1)
