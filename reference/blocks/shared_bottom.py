"""Shared-Bottom: b_k = MLP_s(x), the same b [B, D] for every task. Each layer: Lin -> [BN] -> ReLU."""

import ops


def shapes(config):
    found = {}
    width = config['inputWidth']
    for n, units in enumerate(config['layers'], start=1):
        found[f'layer{n}.W'] = (width, units)
        found[f'layer{n}.b'] = (units,)
        if config['batchNorm']:
            found[f'layer{n}.gamma'] = (units,)
            found[f'layer{n}.beta'] = (units,)
        width = units
    return found


def forward(p, x, config):
    h = x
    for n in range(1, len(config['layers']) + 1):
        h = ops.dense(h, p[f'layer{n}.W'], p[f'layer{n}.b'])
        if config['batchNorm']:
            h = ops.batch_norm(h, p[f'layer{n}.gamma'], p[f'layer{n}.beta'])
        h = ops.relu(h)
    return {'b': h}
