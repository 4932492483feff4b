"""AITM (Xi et al. 2021): each task weighs its own vector against what the step before passes on.

z_1 = t_1;  p_{k-1} = act([BN](z_{k-1} W_g + b_g));  over the entries u = t_k, p_{k-1}:
a = softmax(<h_q(u), h_k(u)> / sqrt(d)),  z_k = sum a_u h_v(u);  logit_k = w_k · z_k + c_k.
Calibrator: alpha · (1/B) sum_i w_i sum_k max(p_k - p_parent, 0).
Options as other implementations have them: config.projections (one, step, entry), bias, attention (self, full: the own
query meets both keys), information (relu, linear), batchNorm, stopGradient, head (linear, mlp of config.headLayers), reduction.
"""

import torch

import ops

from . import heads, task_mlps


def head_config(config):
    return {
        'tasks': config['tasks'],
        'inputWidth': config['width'],
        'layers': config['headLayers'],
        'batchNorm': config['batchNorm'],
    }


def projection_shapes(prefix, d, bias):
    found = {f'{prefix}W{n}': (d, d) for n in 'qkv'}
    if bias:
        found.update({f'{prefix}b{n}': (d,) for n in 'qkv'})
    return found


def prefixes(config, child):
    """Where the projections of the own entry and of the passed one are found."""
    return {
        'one': ('', ''),
        'step': (f'task{child + 1}.', f'task{child + 1}.'),
        'entry': (f'task{child + 1}.own.', f'task{child + 1}.info.'),
    }[config['projections']]


def shapes(config):
    d, found = config['width'], {}
    if config['inputWidth'] != d:
        found.update({'adapt.W': (config['inputWidth'], d), 'adapt.b': (d,)})
    for child, _ in heads.edges(config):
        for prefix in prefixes(config, child):
            found.update(projection_shapes(prefix, d, config['bias']))
        found.update({f'task{child + 1}.Wg': (d, d), f'task{child + 1}.bg': (d,)})
        if config['batchNorm']:
            found.update({f'task{child + 1}.gamma': (d,), f'task{child + 1}.beta': (d,)})
    width = d
    if config['head'] == 'mlp':
        mlp = task_mlps.shapes(head_config(config), shared_input=False)
        found.update({f'head.{name}': shape for name, shape in mlp.items()})
        width = config['headLayers'][-1]
    found.update({'w': (config['tasks'], width), 'c': (config['tasks'],)})
    return found


def sources(p, t, config):
    """z of the parent of each transfer, as constants: what config.stopGradient lets no gradient through."""
    found = {}
    forward(p, t, config, record=found)
    return found


def forward(p, t, config, batch=None, sources=None, record=None):
    d = config['width']
    z = heads.own(t, config)
    if config['inputWidth'] != d:
        z = [ops.dense(t_k, p['adapt.W'], p['adapt.b']) for t_k in z]
    weights = []
    for child, parent in heads.edges(config):
        of = lambda name: p[f'task{child + 1}.{name}']
        source = z[parent].detach() if config['stopGradient'] else z[parent]
        if record is not None:
            record[child] = z[parent].detach()
        passed = ops.dense(sources[child] if sources else source, of('Wg'), of('bg'))
        if config['batchNorm']:
            passed = ops.batch_norm(passed, of('gamma'), of('beta'))
        if config['information'] == 'relu':
            passed = ops.relu(passed)
        U = torch.stack([z[child], passed], dim=1)  # [B, 2, d]
        Q, K, V = [], [], []
        for entry, prefix in enumerate(prefixes(config, child)):
            for found, n in ((Q, 'q'), (K, 'k'), (V, 'v')):
                projected = U[:, entry] @ p[f'{prefix}W{n}']
                found.append(projected + p[f'{prefix}b{n}'] if config['bias'] else projected)
        Q, K, V = (torch.stack(found, dim=1) for found in (Q, K, V))
        if config['attention'] == 'full':
            Q = Q[:, :1].expand_as(K)
        a = torch.softmax((Q * K).sum(dim=2) / d**0.5, dim=1)
        weights.append(a)
        z[child] = (a[:, :, None] * V).sum(dim=1)
    joined = torch.cat(z, dim=1)
    if config['head'] == 'mlp':
        of_head = {name[5:]: value for name, value in p.items() if name.startswith('head.')}
        joined = task_mlps.forward(of_head, joined, head_config(config), shared_input=False)
    width = joined.shape[1] // config['tasks']
    logits = heads.logits(p, joined, {**config, 'inputWidth': width})
    outputs = {**heads.from_logits(logits), 'aitmWeights': torch.stack(weights, dim=1)}
    if batch is not None and config['calibrator'] > 0:
        chances = torch.sigmoid(logits)
        rise = sum(ops.relu(chances[:, k] - chances[:, parent]) for k, parent in heads.edges(config))
        value = config['calibrator'] * heads.weighted_mean(rise, batch)
        if config['reduction'] == 'sum':
            value = value * t.shape[0]
        outputs['auxiliary'] = value.reshape(1)
    return outputs
