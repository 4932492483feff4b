"""ML-MMoE: x^1_e = x; x^{l+1}_e = sum_j softmax(V^l_e x)_j f^l_j(x^l_j); b_k = sum_j softmax(W_k x)_j f^L_j(x^L_j).

Every gate reads the input x itself -> b [B, K·D]. config.ownInputs: task k's vector is all of this on x_k.
gates [B, K·E]: the top's; levelGates [B, G·(L-1)·E·E]: below, for each of the G inputs (1, or K of them).
"""

import torch

from . import experts


def shapes(config):
    E, L, K = config['experts'], config['levels'], config['tasks']
    width, found = config['inputWidth'], {}
    for level in range(1, L + 1):
        at = f'level{level}.'
        found |= experts.expert_shapes(at, config, width, 1 if level == 1 else E, E)
        if level < L:
            found |= experts.gate_shapes(f'{at}gate', config, config['inputWidth'], False, E, E)
        else:
            found |= experts.gate_shapes(f'{at}gate', config, config['inputWidth'], config['ownInputs'], K, E)
        width = config['layers'][-1]
    return found


def last_level(p, x, config):
    """The experts' outputs at the last level, for one input, and the gates below it."""
    E, L = config['experts'], config['levels']
    after = experts.run_experts(p, 'level1.', config, [x], E)
    gates = []
    for level in range(2, L + 1):
        reads = []
        for e in range(E):
            shares = experts.gate(p, f'level{level - 1}.gate', e, x, E)
            reads.append(experts.mix(shares, after))
            gates.append(shares)
        after = experts.run_experts(p, f'level{level}.', config, reads, E)
    return after, gates


def forward(p, x, config):
    E, K, L = config['experts'], config['tasks'], config['levels']
    b, gates, below = [], [], []
    for k, vector in enumerate(experts.inputs_of(x, config)):
        after, lower = last_level(p, vector, config)
        shares = experts.gate(p, f'level{L}.gate', k, vector, E)
        b.append(experts.mix(shares, after))
        gates.append(shares)
        if k == 0 or config['ownInputs']:
            below += lower
    found = {'b': torch.cat(b, dim=1), 'gates': torch.cat(gates, dim=1)}
    if below:
        found['levelGates'] = torch.cat(below, dim=1)
    return found
