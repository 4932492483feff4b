"""DBMTL (Wang et al. 2019): r_k = MLP_k([t_k; r_j for the tasks j that k reads]), l_k = w_k · r_k + c_k.

config.edges: parents (its parent), ancestors (all events before it in the tree), earlier (all tasks before it in the
list). Without config.rootNet a task that reads nobody has r_k = t_k.
"""

import torch

from . import heads, shared_bottom


def reads(config):
    tree = heads.parents(config)
    found = []
    for k, parent in enumerate(tree):
        if config['edges'] == 'earlier':
            found.append(list(range(k)))
        elif parent is None:
            found.append([])
        elif config['edges'] == 'parents':
            found.append([parent])
        else:
            found.append(sorted([*found[parent], parent]))
    return found


def plan(config):
    """For each task: whom it reads, the config of its net (or None), the width of r_k."""
    steps = []
    for before in reads(config):
        width = config['inputWidth'] + sum(steps[j][2] for j in before)
        if not before and not config['rootNet']:
            steps.append((before, None, width))
        else:
            net = {'inputWidth': width, 'layers': config['layers'], 'batchNorm': config['batchNorm']}
            steps.append((before, net, config['layers'][-1]))
    return steps


def shapes(config):
    found = {}
    for k, (_, net, width) in enumerate(plan(config), start=1):
        if net:
            found.update({f'task{k}.{name}': shape for name, shape in shared_bottom.shapes(net).items()})
        found.update({f'task{k}.w': (1, width), f'task{k}.c': (1,)})
    return found


def forward(p, t, config, batch=None):
    relations, logits = [], []
    own = heads.own(t, config)
    for k, (before, net, _) in enumerate(plan(config)):
        prefix = f'task{k + 1}.'
        mine = {name[len(prefix) :]: value for name, value in p.items() if name.startswith(prefix)}
        r = torch.cat([own[k], *(relations[j] for j in before)], dim=1)
        if net:
            r = shared_bottom.forward(mine, r, net)['b']
        relations.append(r)
        logits.append(r @ mine['w'][0] + mine['c'][0])
    return heads.from_logits(torch.stack(logits, dim=1))
