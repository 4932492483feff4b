"""Task Attention (Kutak 2025, §3.2, Eqs 4-11): each task is a token; the tokens read each other, layer by layer.

H = b + T                                                            (4), once, before the first layer
head_i = softmax((H W^Q_i)(H W^K_i)' / sqrt(d_k)) (H W^V_i)          (5)-(7)
Z = LayerNorm(H + Concat(head_1 ... head_h) W^O)                     (8), (9), without dropout
t = LayerNorm(Z + ReLU(Z W_1 + b_1) W_2 + b_2)                       (10), (11), without dropout

Where the Bottom's width D_b is not D, one linear layer shared by the tasks goes before. The causal mask (an option of
the lab) lets a task read itself and the tasks before it.
"""

import torch

import ops


def shapes(config):
    D, r = config['width'], config['ratio']
    found = {}
    if config['inputWidth'] != D:
        found['adapt.W'] = (config['inputWidth'], D)
        found['adapt.b'] = (D,)
    found['T'] = (config['tasks'], D)
    for n in range(1, config['layers'] + 1):
        found[f'layer{n}.Wqkv'] = (D, 3 * D)
        found[f'layer{n}.Wo'] = (D, D)
        found[f'layer{n}.ln1.gamma'] = (D,)
        found[f'layer{n}.ln1.beta'] = (D,)
        found[f'layer{n}.W1'] = (D, r * D)
        found[f'layer{n}.b1'] = (r * D,)
        found[f'layer{n}.W2'] = (r * D, D)
        found[f'layer{n}.b2'] = (D,)
        found[f'layer{n}.ln2.gamma'] = (D,)
        found[f'layer{n}.ln2.beta'] = (D,)
    return found


def attend(H, Wqkv, heads, causal):
    """H [B, S, D] -> the heads side by side [B, S, D], and the map of each head [B, h, S, S]."""
    S, D = H.shape[1:]
    d_k = D // heads
    W_Q, W_K, W_V = Wqkv[:, :D], Wqkv[:, D : 2 * D], Wqkv[:, 2 * D :]
    results, maps = [], []
    for i in range(heads):
        columns = slice(i * d_k, (i + 1) * d_k)
        Q, K, V = H @ W_Q[:, columns], H @ W_K[:, columns], H @ W_V[:, columns]
        scores = torch.einsum('bsd,btd->bst', Q, K) / d_k**0.5
        if causal:
            allowed = torch.tensor([[t <= s for t in range(S)] for s in range(S)])
            scores = scores.masked_fill(~allowed, float('-inf'))
        A = torch.softmax(scores, dim=-1)
        results.append(torch.einsum('bst,btd->bsd', A, V))
        maps.append(A)
    return torch.cat(results, dim=-1), torch.stack(maps, dim=1)


def forward(p, b, config):
    B, S, D = b.shape[0], config['tasks'], config['width']
    tokens = b.reshape(B, S, config['inputWidth'])
    if config['inputWidth'] != D:
        tokens = tokens @ p['adapt.W'] + p['adapt.b']
    H = tokens + p['T']
    attention = []
    for n in range(1, config['layers'] + 1):
        of = lambda name: p[f'layer{n}.{name}']
        heads, A = attend(H, of('Wqkv'), config['heads'], config['mask'] == 'causal')
        attention.append(A.reshape(B, -1))
        Z = ops.layer_norm(H + heads @ of('Wo'), of('ln1.gamma'), of('ln1.beta'))
        inner = ops.relu(Z @ of('W1') + of('b1'))
        H = ops.layer_norm(Z + inner @ of('W2') + of('b2'), of('ln2.gamma'), of('ln2.beta'))
    return {'t': H.reshape(B, S * D), 'attention': torch.cat(attention, dim=1)}
