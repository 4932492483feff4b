"""ResFlow towers (Fu et al. 2024, Eqs 3-4): o^l_k = f^l_k(o^{l-1}_k) + o^l_parent behind linked blocks; t_k = o^L_k.

f: Lin -> [BN] -> ReLU, or with config.activation = prelu Lin -> PReLU -> [BN] (one slope a unit). config.link1 ... say
behind which blocks there is a link. Parameters as in task_mlps.py, and layerL.alpha [K·D_l] for the slopes.
"""

import torch

import ops

from . import heads, task_mlps


def shapes(config):
    found = task_mlps.shapes(config, config['sharedInput'])
    if config['activation'] == 'prelu':
        for n, units in enumerate(config['layers'], start=1):
            found[f'layer{n}.alpha'] = (config['tasks'] * units,)
    return found


def forward(p, b, config):
    tree, width = heads.parents(config), config['inputWidth']
    o = [b if config['sharedInput'] else b[:, k * width : (k + 1) * width] for k in range(config['tasks'])]
    for n, units in enumerate(config['layers'], start=1):
        behind = []
        for k, parent in enumerate(tree):
            of = lambda name: task_mlps.of_task(p[f'layer{n}.{name}'], k, units)
            W = p[f'layer{n}.W']
            W_k = W[:, k * units : (k + 1) * units] if n == 1 and config['sharedInput'] else W[k]
            h = ops.dense(o[k], W_k, of('b'))
            if config['activation'] == 'relu' and config['batchNorm']:
                h = ops.batch_norm(h, of('gamma'), of('beta'))
            if config['activation'] == 'relu':
                h = ops.relu(h)
            else:
                h = ops.relu(h) - of('alpha') * ops.relu(-h)
                if config['batchNorm']:
                    h = ops.batch_norm(h, of('gamma'), of('beta'))
            if parent is not None and config[f'link{n}']:
                h = h + behind[parent]
            behind.append(h)
        o = behind
    return {'t': torch.cat(o, dim=1)}
