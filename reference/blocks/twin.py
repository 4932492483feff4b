"""Twin towers (Fu et al. 2024, sections 5.1 and A.1, Figure 7a): s_k = <u_k, v_k>, u_k of the user's vector and v_k of the item's.

b holds the user's vectors, then the item's: [B, 2·D_b] where config.sharedInput (one for all tasks on each side), else
[B, 2·K·D_b], task by task within a side. f: Lin -> [BN] -> ReLU, the last block Lin. config.hiddenLinks adds the parent's vectors
behind hidden blocks, config.placement says where it is added at the top. t_k = s_k, or with config.hands = products u_k * v_k.
"""

import torch

import ops

from . import heads


def shapes(config):
    K, width = config['tasks'], config['inputWidth']
    found, sources = {}, 2 if config['sharedInput'] else 2 * K
    *hidden, last = config['layers']
    for n, units in enumerate(hidden, start=1):
        found[f'layer{n}.W'] = (sources, width, 2 * K // sources * units)
        for what in ('b', 'gamma', 'beta') if config['batchNorm'] else ('b',):
            found[f'layer{n}.{what}'] = (2 * K * units,)
        width, sources = units, 2 * K
    found['out.W'] = (sources, width, 2 * K // sources * last)
    found['out.b'] = (2 * K * last,)
    return found


def weights(p, name, side, k, K, units):
    """W and b of one task's tower on one side."""
    W, b = p[f'{name}.W'], p[f'{name}.b']
    at = side * K + k
    if W.shape[0] == 2 * K and W.shape[2] == units:
        return W[at], b[at * units : (at + 1) * units]
    # One vector for all tasks of a side: the tasks' matrices lie side by side.
    return W[side][:, k * units : (k + 1) * units], b[at * units : (at + 1) * units]


def forward(p, b, config):
    K, D_b, tree = config['tasks'], config['inputWidth'], heads.parents(config)
    *hidden, last = config['layers']
    ends = []
    for side in range(2):
        first = side * (1 if config['sharedInput'] else K)
        h = []
        for k in range(K):
            at = first + (0 if config['sharedInput'] else k)
            h.append(b[:, at * D_b : (at + 1) * D_b])
        for n, units in enumerate(hidden, start=1):
            behind = []
            for k, parent in enumerate(tree):
                W, bias = weights(p, f'layer{n}', side, k, K, units)
                z = ops.dense(h[k], W, bias)
                if config['batchNorm']:
                    at = slice((side * K + k) * units, (side * K + k + 1) * units)
                    z = ops.batch_norm(z, p[f'layer{n}.gamma'][at], p[f'layer{n}.beta'][at])
                z = ops.relu(z)
                if parent is not None and config['hiddenLinks']:
                    z = z + behind[parent]
                behind.append(z)
            h = behind
        vectors = []
        for k, parent in enumerate(tree):
            W, bias = weights(p, 'out', side, k, K, last)
            vector = ops.dense(h[k], W, bias)
            if parent is not None and config['placement'] in ('before', 'both'):
                vector = vector + vectors[parent]
            vectors.append(vector)
        ends.append(vectors)
    scores = [(u * v).sum(dim=1, keepdim=True) for u, v in zip(*ends)]
    handed = []
    for k, parent in enumerate(tree):
        t = scores[k] if config['hands'] == 'score' else ends[0][k] * ends[1][k]
        if parent is not None and config['placement'] in ('after', 'both'):
            t = t + handed[parent]
        handed.append(t)
    return {'t': torch.cat(handed, dim=1), 'score': torch.cat(scores, dim=1)}
