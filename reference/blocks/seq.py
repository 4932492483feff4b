"""SEQ towers (Wang et al. 2025, Eqs 1-3): tokens e_j = MLP^j(b_j), read one after the other by GRU layers.

h^0_j = e_j;  h^n_j = GRU_n(h^{n-1}_j, state of layer n after the token before), 0 before the first;  t_j = h^N_j. The
GRU resets before the product with U (ops.gru_cell), and all tokens share its weights. The token before is the parent
in the tree (config.order parent) or the one before in the list (list). Token nets as in task_mlps.py.
"""

import torch

import ops

from . import heads, task_mlps


def token_config(config):
    return {**config, 'layers': config['tokenLayers']}


def shapes(config):
    H, width = config['hidden'], config['tokenLayers'][-1]
    tokens = task_mlps.shapes(token_config(config), config['sharedInput'])
    found = {f'token.{name}': shape for name, shape in tokens.items()}
    for n in range(1, config['layers'] + 1):
        found.update({f'gru{n}.W': (width, 3 * H), f'gru{n}.U': (H, 3 * H), f'gru{n}.b': (3 * H,)})
        width = H
    return found


def forward(p, b, config):
    K = config['tasks']
    before = [None, *range(K - 1)] if config['order'] == 'list' else heads.parents(config)
    of_tokens = {name[6:]: value for name, value in p.items() if name.startswith('token.')}
    e = task_mlps.forward(of_tokens, b, token_config(config), config['sharedInput'])
    tokens = list(e.reshape(e.shape[0], K, -1).unbind(dim=1))
    for n in range(1, config['layers'] + 1):
        W, U, bias = (p[f'gru{n}.{name}'] for name in ('W', 'U', 'b'))
        states = []
        for k in range(K):
            zero = torch.zeros(b.shape[0], config['hidden'], dtype=b.dtype)
            state = zero if before[k] is None else states[before[k]]
            states.append(ops.gru_cell(tokens[k], state, W, U, bias))
        tokens = states
    return {'t': torch.cat(tokens, dim=1)}
