"""ESMM (Ma et al. 2018) and SEQ's Descending Probability Regularizer (Wang et al. 2025, Eq. 4).

p_k = Π σ(l_i) over task k and the events before it. Own heads: l_k = w_k · t_k + c_k. Shared head (SEQ, Eq. 3):
l_k = W' t_k + c_k, W [D_t, 1] the same for all tasks.
"""

import torch

from . import heads


def shapes(config):
    if config['head'] == 'own':
        return heads.shapes(config)
    return {'W': (config['inputWidth'], 1), 'c': (config['tasks'],)}


def forward(p, t, config, batch=None):
    if config['head'] == 'own':
        conditional = heads.logits(p, t, config)
    else:
        conditional = torch.cat([t_k @ p['W'] for t_k in heads.own(t, config)], dim=1) + p['c']
    return {**heads.prediction(*heads.product(conditional, config)), 'conditionalLogits': conditional}
