"""ResFlow's logit residual (Fu et al. 2024, Eq. 3 behind the last block; A.2 for M1-M3).

r_k = w_k · t_k + c_k;  l_k = l_parent + r_k, l_root = r_root;  p_k = σ(l_k), or with config.space = conditional the
product of the σ(l) of task k and the events before it.
M1: weight · mean_i w_i sum_k max(p_k - p_parent, 0). M2: weight · mean_i w_i sum_k max(r_k, 0). M3: r_k <- min(r_k, 0);
all of them for tasks that have a parent.
"""

import torch

import ops

from . import heads


def shapes(config):
    return heads.shapes(config)


def forward(p, t, config, batch=None):
    raw = heads.logits(p, t, config)
    residuals, found = [], []
    for k, parent in enumerate(heads.parents(config)):
        r = raw[:, k]
        if parent is not None and config['nonIncrease'] == 'M3':
            r = -ops.relu(-r)
        residuals.append(r)
        found.append(r if parent is None else found[parent] + r)
    residuals, logits = torch.stack(residuals, dim=1), torch.stack(found, dim=1)
    if config['space'] == 'conditional':
        outputs = heads.prediction(*heads.product(logits, config))
    else:
        outputs = heads.from_logits(logits)
    outputs['residualLogits'] = residuals
    if batch is None or config['nonIncrease'] not in ('M1', 'M2'):
        return outputs
    if config['nonIncrease'] == 'M1':
        chances = torch.exp(outputs['logP'])
        excess = sum(ops.relu(chances[:, k] - chances[:, parent]) for k, parent in heads.edges(config))
    else:
        excess = sum(ops.relu(residuals[:, k]) for k, _ in heads.edges(config))
    outputs['auxiliary'] = (config['weight'] * heads.weighted_mean(excess, batch)).reshape(1)
    return outputs
