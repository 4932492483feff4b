"""Multi-distribution adaptor (Wang et al. 2025, section 3.3): u = m * x_dep, m = a(MLP_mask(country)), x' = [MLP_trans(u); x_inv].

x [B, groups·F] is what the input block before hands on; config.fields are its columns, [name, width] each, the same in every
group; config.masked names the dependent ones. codes [B, 1] are the country codes, below config.countries. One mask for all, or
one a task where config.mode is per-task or where there is an x for each task; the mask network reads a one-hot country.
MLPs end in ReLU, as everywhere; the mask's last layer is Lin. Per task, x_inv goes through an MLP of its own that all tasks share.
"""

import torch

import ops


def masks(config):
    return config['tasks'] if config['mode'] == 'per-task' or config['groups'] > 1 else 1


def columns(config):
    """Dependent and invariant columns of one group."""
    found, at = ([], []), 0
    for name, width in config['fields']:
        found[name not in config['masked']].extend(range(at, at + width))
        at += width
    return found


def net_shapes(prefix, nets, width, layers):
    """Nets that each read a vector of their own; one net alone has plain matrices."""
    found = {}
    for n, units in enumerate(layers, start=1):
        found[f'{prefix}.layer{n}.W'] = (width, units) if nets == 1 else (nets, width, units)
        found[f'{prefix}.layer{n}.b'] = (nets * units,)
        width = units
    return found


def net(p, prefix, k, h):
    """Network k of those under the prefix on h."""
    n = 1
    while f'{prefix}.layer{n}.W' in p:
        W, b = p[f'{prefix}.layer{n}.W'], p[f'{prefix}.layer{n}.b']
        W = W if W.dim() == 2 else W[k]
        units = W.shape[1]
        h = ops.relu(h @ W + b[k * units : (k + 1) * units])
        n += 1
    return h


def shapes(config):
    G = masks(config)
    dep, inv = columns(config)
    first, *more = config['maskLayers']
    found = {'mask.layer1.W': (config['countries'], G * first), 'mask.layer1.b': (G * first,)}
    found.update(net_shapes('mask.more', G, first, more))
    found['mask.out.W'] = (G, config['maskLayers'][-1], len(dep))
    found['mask.out.b'] = (G * len(dep),)
    if config['transform'] == 'mlp':
        found.update(net_shapes('trans', G, len(dep), config['layers']))
        if config['mode'] == 'per-task' and inv:
            found.update(net_shapes('inv', config['groups'], len(inv), config['layers']))
    return found


def mask(p, codes, k, config):
    """m of net k for each row, [B, dependent columns]."""
    G, h = masks(config), config['maskLayers'][0]
    D = p['mask.out.W'].shape[2]
    country = torch.nn.functional.one_hot(codes[:, 0], config['countries']).double().to(p['mask.out.W'].dtype)
    hidden = ops.relu(country @ p['mask.layer1.W'][:, k * h : (k + 1) * h] + p['mask.layer1.b'][k * h : (k + 1) * h])
    out = net(p, 'mask.more', k, hidden) @ p['mask.out.W'][k] + p['mask.out.b'][k * D : (k + 1) * D]
    return {'linear': lambda v: v, 'sigmoid': torch.sigmoid, 'sigmoid2': lambda v: 2 * torch.sigmoid(v)}[
        config['activation']
    ](out)


def forward(p, x, codes, config):
    dep, inv = columns(config)
    F = len(dep) + len(inv)
    parts = []
    for k in range(masks(config)):
        g = k if config['groups'] > 1 else 0
        x_k = x[:, g * F : (g + 1) * F]
        u = mask(p, codes, k, config) * x_k[:, dep]
        if config['transform'] == 'none':
            changed = x_k.clone()
            changed[:, dep] = u
            parts.append(changed)
            continue
        held = x_k[:, inv]
        if config['mode'] == 'per-task' and inv:
            held = net(p, 'inv', g, held)
        parts.append(torch.cat([net(p, 'trans', k, u), held], dim=1))
    return {'x': torch.cat(parts, dim=1)}
