"""ESM2 (Wen et al. 2020): y_1 click, y_2 action given click, y_3 purchase given action, y_4 purchase given click only.

p = y_1, y_1 y_2, y_1 ((1 - y_2) y_4 + y_2 y_3). y_3 and y_4 are two heads on t_3.
"""

import torch

import ops

from . import heads


def shapes(config):
    return {**heads.shapes(config), 'w4': (config['inputWidth'],), 'c4': (1,)}


def forward(p, t, config, batch=None):
    l = heads.logits(p, t, config)
    l4 = heads.own(t, config)[2] @ p['w4'] + p['c4']
    l1, l2, l3 = l.unbind(dim=1)
    bought = torch.logaddexp(ops.log_1mp(l2) + ops.log_p(l4), ops.log_p(l2) + ops.log_p(l3))
    kept = torch.logaddexp(ops.log_1mp(l2) + ops.log_1mp(l4), ops.log_p(l2) + ops.log_1mp(l3))
    log_p = torch.stack([ops.log_p(l1), ops.log_p(l1) + ops.log_p(l2), ops.log_p(l1) + bought], dim=1)
    log_1mp = torch.stack(
        [
            ops.log_1mp(l1),
            torch.logaddexp(ops.log_1mp(l1), ops.log_p(l1) + ops.log_1mp(l2)),
            torch.logaddexp(ops.log_1mp(l1), ops.log_p(l1) + kept),
        ],
        dim=1,
    )
    return {**heads.prediction(log_p, log_1mp), 'stepLogits': torch.stack([l1, l2, l3, l4], dim=1)}
