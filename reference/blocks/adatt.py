"""AdaTT -> b [B, K·D]. Without shared experts it is AdaTT-sp.

At level l every task's gate mixes all experts, A = [experts of task 1; ...; task K; shared experts]:
x^l_k = softmax(W_k x^{l-1}_k) A + sum_i w_{k,i} E_{k,i}(x^{l-1}_k), and likewise for the shared stream, which the last
level does not have. w is learned, except that it is 1 where no stream has a second expert. x^0 is the input of the
tasks; where they have their own, the shared stream starts from the mean. gates [B, L·K·E].
"""

import torch

from . import experts


def counts(config):
    return config['tasks'], config['experts'], config['shared'], config['levels']


def fixed(config):
    return config['experts'] == 1 and config['shared'] <= 1


def shapes(config):
    K, m, s, L = counts(config)
    width, found = config['inputWidth'], {}
    for level in range(1, L + 1):
        own_vectors = level > 1 or config['ownInputs']
        at = f'level{level}.'
        found |= experts.expert_shapes(f'{at}task.', config, width, K if own_vectors else 1, K * m)
        found |= experts.gate_shapes(f'{at}gate', config, width, own_vectors, K, K * m + s)
        if not fixed(config):
            found[f'{at}residual'] = (K, m)
        if s > 0:
            found |= experts.expert_shapes(f'{at}shared.', config, width, 1, s)
        if s > 0 and level < L:
            found |= experts.gate_shapes(f'{at}sharedGate', config, width, False, 1, K * m + s)
            if not fixed(config):
                found[f'{at}sharedResidual'] = (1, s)
        width = config['layers'][-1]
    return found


def forward(p, x, config):
    K, m, s, L = counts(config)
    x_k = experts.inputs_of(x, config)
    x_s = sum(x_k) / K
    gates = []

    def residual(name, row, own):
        if fixed(config):
            return sum(own)
        return sum(p[name][row, i] * vector for i, vector in enumerate(own))

    for level in range(1, L + 1):
        at = f'level{level}.'
        one_vector = level == 1 and not config['ownInputs']
        of_tasks = experts.run_experts(p, f'{at}task.', config, x_k[:1] if one_vector else x_k, K * m)
        shared = experts.run_experts(p, f'{at}shared.', config, [x_s], s) if s > 0 else []
        A = of_tasks + shared
        after = []
        for k in range(K):
            shares = experts.gate(p, f'{at}gate', k, x_k[k], len(A))
            own = of_tasks[k * m : (k + 1) * m]
            after.append(experts.mix(shares, A) + residual(f'{at}residual', k, own))
            gates.append(shares)
        if s > 0 and level < L:
            shares = experts.gate(p, f'{at}sharedGate', 0, x_s, len(A))
            x_s = experts.mix(shares, A) + residual(f'{at}sharedResidual', 0, shared)
        x_k = after
    return {'b': torch.cat(x_k, dim=1), 'gates': torch.cat(gates, dim=1)}
