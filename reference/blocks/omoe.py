"""MoE with one gate: b_k = sum_e softmax(W x)_e f_e(x), the same for every task -> b [B, D].

config.ownInputs: the same experts and gate on each x_k -> b [B, K·D], gates [B, K·E].
"""

import torch

from . import experts


def shapes(config):
    E, F = config['experts'], config['inputWidth']
    return {
        **experts.expert_shapes('experts.', config, F, 1, E),
        **experts.gate_shapes('gate', config, F, False, 1, E),
    }


def forward(p, x, config):
    E = config['experts']
    vectors = experts.inputs_of(x, config) if config['ownInputs'] else [x]
    b, gates = [], []
    for vector in vectors:
        shares = experts.gate(p, 'gate', 0, vector, E)
        b.append(experts.mix(shares, experts.run_experts(p, 'experts.', config, [vector], E)))
        gates.append(shares)
    return {'b': torch.cat(b, dim=1), 'gates': torch.cat(gates, dim=1)}
