"""PLE: L levels of CGC -> b [B, K·D].

x^0_k = x^0_s = x; at level l the experts of task k read x^{l-1}_k, the shared experts x^{l-1}_s;
x^l_k = softmax(W_k x^{l-1}_k) over [task k's experts; shared experts];
x^l_s = softmax(W_s x^{l-1}_s) over [experts of task 1; ...; task K; shared], not at the last level; b_k = x^L_k.
config.ownInputs: x^0_k = x_k, and x^0_s is the mean of the x_k.

gates [B, L·K·E]: each task's shares of all experts, 0 for those of other tasks. Without shared experts there is no
shared stream. sharedGate [B, (L-1)·E].
"""

import torch

from . import experts


def shapes(config):
    K, m, s, L = config['tasks'], config['experts'], config['shared'], config['levels']
    width, found = config['inputWidth'], {}
    for level in range(1, L + 1):
        own_vectors = level > 1 or config['ownInputs']
        at = f'level{level}.'
        found |= experts.expert_shapes(f'{at}task.', config, width, K if own_vectors else 1, K * m)
        if s > 0:
            found |= experts.expert_shapes(f'{at}shared.', config, width, 1, s)
        found |= experts.gate_shapes(f'{at}gate', config, width, own_vectors, K, m + s)
        if s > 0 and level < L:
            found |= experts.gate_shapes(f'{at}sharedGate', config, width, False, 1, K * m + s)
        width = config['layers'][-1]
    return found


def forward(p, x, config):
    K, m, s, L = config['tasks'], config['experts'], config['shared'], config['levels']
    x_k = experts.inputs_of(x, config)
    x_s = sum(x_k) / K
    gates, shared_gates = [], []
    for level in range(1, L + 1):
        at = f'level{level}.'
        one_vector = level == 1 and not config['ownInputs']
        of_tasks = experts.run_experts(p, f'{at}task.', config, x_k[:1] if one_vector else x_k, K * m)
        shared = experts.run_experts(p, f'{at}shared.', config, [x_s], s) if s > 0 else []
        after = []
        for k in range(K):
            own = of_tasks[k * m : (k + 1) * m]
            shares = experts.gate(p, f'{at}gate', k, x_k[k], m + s)
            after.append(experts.mix(shares, own + shared))
            everything = torch.zeros(x.shape[0], K * m + s, dtype=x.dtype)
            everything[:, k * m : (k + 1) * m] = shares[:, :m].detach()
            everything[:, K * m :] = shares[:, m:].detach()
            gates.append(everything)
        if s > 0 and level < L:
            shares = experts.gate(p, f'{at}sharedGate', 0, x_s, K * m + s)
            x_s = experts.mix(shares, of_tasks + shared)
            shared_gates.append(shares)
        x_k = after
    found = {'b': torch.cat(x_k, dim=1), 'gates': torch.cat(gates, dim=1)}
    if shared_gates:
        found['sharedGate'] = torch.cat(shared_gates, dim=1)
    return found
