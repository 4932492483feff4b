"""What the Tops share: one logit a task, the tree of events, and the loss of each task.

config.parents[k] is the index of task k's parent, or None; without it the tasks are a chain.
"""

import torch

import ops


def parents(config):
    return config.get('parents') or [None, *range(config['tasks'] - 1)]


def edges(config):
    """(child, parent) of every task that has a parent."""
    return [(k, p) for k, p in enumerate(parents(config)) if p is not None]


def shapes(config, prefix=''):
    return {f'{prefix}w': (config['tasks'], config['inputWidth']), f'{prefix}c': (config['tasks'],)}


def own(t, config):
    """t [B, K·D] -> a list of K tensors [B, D]."""
    D = config['inputWidth']
    return [t[:, k * D : (k + 1) * D] for k in range(config['tasks'])]


def logits(p, t, config, prefix=''):
    """l_k = w_k · t_k + c_k -> [B, K]."""
    found = [t_k @ p[f'{prefix}w'][k] + p[f'{prefix}c'][k] for k, t_k in enumerate(own(t, config))]
    return torch.stack(found, dim=1)


def log_1m_exp(x):
    """log(1 - e^x) for x < 0, from whichever of the two functions is exact there; the other is given a harmless x."""
    near = x > -0.6931
    by_expm1 = torch.log(-torch.expm1(torch.where(near, x, torch.full_like(x, -0.5))))
    by_log1p = torch.log1p(-torch.exp(torch.where(near, torch.full_like(x, -1.0), x)))
    return torch.where(near, by_expm1, by_log1p)


def product(conditional, config):
    """p_k = σ(l_k) · p_parent(k). conditional [B, K] -> log p, log(1 - p), [B, K] each."""
    log_p = []
    for k, parent in enumerate(parents(config)):
        step = ops.log_p(conditional[:, k])
        log_p.append(step if parent is None else log_p[parent] + step)
    log_p = torch.stack(log_p, dim=1)
    return log_p, log_1m_exp(log_p)


def prediction(log_p, log_1mp):
    return {'logits': log_p - log_1mp, 'logP': log_p, 'log1mP': log_1mp}


def from_logits(found):
    return {'logits': found, 'logP': ops.log_p(found), 'log1mP': ops.log_1mp(found)}


def losses(outputs, batch):
    """L_k = (1/B) Σ_i w_i · (v_k · y · (-log p) + (1 - y) · (-log(1 - p))) -> [K]."""
    y = batch['labels']
    per_cell = -(batch['positiveWeight'] * y * outputs['logP'] + (1 - y) * outputs['log1mP'])
    return (batch['weights'][:, None] * per_cell).sum(dim=0) / y.shape[0]


def weighted_mean(values, batch):
    """(1/B) Σ_i w_i · value_i, with values [B]."""
    return (batch['weights'] * values).sum() / values.shape[0]
