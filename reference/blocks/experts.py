"""Stacks of experts and softmax gates, expert by expert and gate by gate: what the gated Bottoms have in common.

E experts side by side: expert e in columns e·D ... . Where all E read one vector, layer1.W is [F, E·D_1]; where they
read S vectors [B, S·F], E/S experts each, it is [S, F, (E/S)·D_1], the experts of one vector side by side. The layers
after it are [E, D_{l-1}, D_l] ([D_{l-1}, D_l] for one expert). Biases, gamma and beta are [E·D_l].

A gate layer of G gates over n experts each: on one vector W is [F, G·n]; on one vector a gate, [B, G·F], it is
[G, F, n]. The bias is [G·n].
"""

import torch

import ops


def expert_shapes(prefix, config, width, sources, experts):
    found = {}
    for n, units in enumerate(config['layers'], start=1):
        name = f'{prefix}layer{n}'
        if n > 1:
            sources = experts
        if sources == 1:
            found[f'{name}.W'] = (width, experts * units)
        else:
            found[f'{name}.W'] = (sources, width, experts // sources * units)
        found[f'{name}.b'] = (experts * units,)
        if config['batchNorm']:
            found[f'{name}.gamma'] = (experts * units,)
            found[f'{name}.beta'] = (experts * units,)
        width = units
    return found


def run_experts(p, prefix, config, vectors, experts):
    """vectors: the S inputs, each [B, F] -> the E outputs, each [B, D], in order."""
    sources = len(vectors)
    side = experts // sources
    hidden = [vectors[e // side] for e in range(experts)]
    for n, units in enumerate(config['layers'], start=1):
        name = f'{prefix}layer{n}'
        W = p[f'{name}.W']
        after = []
        for e in range(experts):
            if n > 1:
                own = W if experts == 1 else W[e]
            elif sources == 1:
                own = W[:, e * units : (e + 1) * units]
            else:
                at = e % side
                own = W[e // side][:, at * units : (at + 1) * units]
            here = slice(e * units, (e + 1) * units)
            h = ops.dense(hidden[e], own, p[f'{name}.b'][here])
            if config['batchNorm']:
                h = ops.batch_norm(h, p[f'{name}.gamma'][here], p[f'{name}.beta'][here])
            after.append(ops.relu(h))
        hidden = after
    return hidden


def gate_shapes(prefix, config, width, own_vectors, gates, experts):
    W = (gates, width, experts) if own_vectors and gates > 1 else (width, gates * experts)
    found = {f'{prefix}.W': W}
    if config.get('gateBias'):
        found[f'{prefix}.b'] = (gates * experts,)
    return found


def gate(p, prefix, g, vector, experts):
    """Gate g on its vector [B, F] -> shares [B, n], rows sum to 1."""
    W = p[f'{prefix}.W']
    here = slice(g * experts, (g + 1) * experts)
    logits = vector @ (W[g] if W.dim() == 3 else W[:, here])
    if f'{prefix}.b' in p:
        logits = logits + p[f'{prefix}.b'][here]
    return torch.softmax(logits, dim=1)


def mix(shares, vectors):
    """Sum over e of shares[:, e] · vectors[e]."""
    return sum(shares[:, e : e + 1] * vector for e, vector in enumerate(vectors))


def inputs_of(x, config):
    """The tasks' inputs: the same x for all, or columns k·F ... of it where config.ownInputs."""
    if not config['ownInputs']:
        return [x] * config['tasks']
    F = config['inputWidth']
    return [x[:, k * F : (k + 1) * F] for k in range(config['tasks'])]
