"""MMoE: f_e = MLP_e(x), g_k = softmax(W_k x), b_k = sum_e g_{k,e} f_e(x) -> b [B, K·D].

config.ownInputs: task k has its own x_k; then b_k = sum_e softmax(W_k x_k)_e f_e(x_k), with the same experts.
"""

import torch

from . import experts


def shapes(config):
    E, F, K = config['experts'], config['inputWidth'], config['tasks']
    return {
        **experts.expert_shapes('experts.', config, F, 1, E),
        **experts.gate_shapes('gate', config, F, config['ownInputs'], K, E),
    }


def forward(p, x, config):
    E, K = config['experts'], config['tasks']
    inputs = experts.inputs_of(x, config)
    b, gates = [], []
    for k in range(K):
        shares = experts.gate(p, 'gate', k, inputs[k], E)
        b.append(experts.mix(shares, experts.run_experts(p, 'experts.', config, [inputs[k]], E)))
        gates.append(shares)
    return {'b': torch.cat(b, dim=1), 'gates': torch.cat(gates, dim=1)}
