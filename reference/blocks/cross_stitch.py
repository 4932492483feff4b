"""Cross-stitch: a^l_k = ReLU(BN(x^{l-1}_k W_k + c_k)), x^l_k = sum_j alpha^l_{k,j} a^l_j, after every layer -> b [B, K·D].

stitch [1, L·K·K]: the matrices alpha, which are the same for all rows.
"""

import torch

from . import experts


def one_layer(config, level):
    return {**config, 'layers': [config['layers'][level - 1]]}


def shapes(config):
    K, width, found = config['tasks'], config['inputWidth'], {}
    for level, units in enumerate(config['layers'], start=1):
        sources = K if level > 1 or config['ownInputs'] else 1
        found |= experts.expert_shapes(f'level{level}.', one_layer(config, level), width, sources, K)
        found[f'level{level}.alpha'] = (K, K)
        width = units
    return found


def forward(p, x, config):
    K = config['tasks']
    vectors = experts.inputs_of(x, config) if config['ownInputs'] else [x]
    for level in range(1, len(config['layers']) + 1):
        a = experts.run_experts(p, f'level{level}.', one_layer(config, level), vectors, K)
        alpha = p[f'level{level}.alpha']
        vectors = [sum(alpha[k, j] * a[j] for j in range(K)) for k in range(K)]
    stitch = torch.cat([p[f'level{level}.alpha'].reshape(1, -1) for level in range(1, len(config['layers']) + 1)], 1)
    return {'b': torch.cat(vectors, dim=1), 'stitch': stitch}
