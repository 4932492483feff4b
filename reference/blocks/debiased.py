"""ESCM2 (Wang et al. 2022) and DCMT (Zhu et al. 2023): ESMM's product, and losses on the conditional rate.

For each task with a parent: o = whether the parent happened, ô = its predicted probability on an impression, held
constant; e = BCE(σ(l_k), y_k); w = o / max(ô, floor), at most cap (0: no cap).
escm2-ipw: weight · mean(w e). escm2-dr: weight · (mean(ê + w (e - ê)), mean(w (e - ê)²)), ê = σ(imputation head).
dcmt: weight · (mean(w e), mean(w* BCE(r*, 1 - y)), prior · mean|1 - (r + r*)|), w* = (1 - o) / max(1 - ô, floor),
r* = σ(counterfactual head); with config.normalise the first two are divided by the mean of w and of w*.
config.form names which of the three; all means are weighted by the rows' weights.
"""

import torch

import ops

from . import heads

SECOND = {'escm2-ipw': None, 'escm2-dr': 'imputation.', 'dcmt': 'counterfactual.'}


def shapes(config):
    second = SECOND[config['form']]
    return {**heads.shapes(config), **(heads.shapes(config, second) if second else {})}


def propensities(p, t, config):
    """ô and 1 - ô of every task's parent, as constants."""
    log_p, log_1mp = heads.product(heads.logits(p, t, config), config)
    return {
        k: (torch.exp(log_p[:, parent]).detach(), torch.exp(log_1mp[:, parent]).detach())
        for k, parent in heads.edges(config)
    }


def inverse(happened, chance, config):
    weight = 1 / torch.clamp(chance, min=float(config['floor']))
    if config['cap'] > 0:
        weight = torch.clamp(weight, max=config['cap'])
    return happened * weight


def bce(logits, labels):
    return -(labels * ops.log_p(logits) + (1 - labels) * ops.log_1mp(logits))


def forward(p, t, config, batch=None, propensities=None):
    form = config['form']
    l = heads.logits(p, t, config)
    second = heads.logits(p, t, config, SECOND[form]) if SECOND[form] else None
    outputs = heads.prediction(*heads.product(l, config))
    children = [k for k, _ in heads.edges(config)]
    if form == 'dcmt':
        outputs['twinRates'] = torch.cat([torch.sigmoid(l[:, children]), torch.sigmoid(second[:, children])], dim=1)
    else:
        outputs['conditionalLogits'] = l
    if batch is None:
        return outputs
    o_hat = propensities or globals()['propensities'](p, t, config)
    mean = lambda values: heads.weighted_mean(values, batch)
    terms = []
    for k, parent in heads.edges(config):
        y, o = batch['labels'][:, k], batch['labels'][:, parent]
        w = inverse(o, o_hat[k][0], config)
        e = bce(l[:, k], y)
        if form == 'escm2-ipw':
            terms.append([mean(w * e)])
        elif form == 'escm2-dr':
            guess = torch.sigmoid(second[:, k])
            terms.append([mean(guess + w * (e - guess)), mean(w * (e - guess) ** 2)])
        else:
            w_star = inverse(1 - o, o_hat[k][1], config)
            sums = torch.sigmoid(l[:, k]) + torch.sigmoid(second[:, k])
            off = ops.relu(1 - sums) + ops.relu(sums - 1)
            terms.append([(w, e), (w_star, bce(second[:, k], 1 - y)), config['prior'] * mean(off)])
    if form == 'dcmt':
        found = []
        for which in (0, 1):
            value = sum(mean(edge[which][0] * edge[which][1]) for edge in terms)
            if config['normalise']:
                value = value / max(sum(mean(edge[which][0]) for edge in terms), 1e-12)
            found.append(value)
        found.append(sum(edge[2] for edge in terms))
    else:
        found = [sum(edge[i] for edge in terms) for i in range(len(terms[0]))]
    outputs['auxiliary'] = config['weight'] * torch.stack(found)
    return outputs
