"""Identity top: l_k = w_k · t_k + c_k, p_k = σ(l_k). t [B, K·D_t], w [K, D_t], c [K]."""

import torch

import ops


def shapes(config):
    return {'w': (config['tasks'], config['inputWidth']), 'c': (config['tasks'],)}


def forward(p, t, config):
    own = t.reshape(t.shape[0], config['tasks'], config['inputWidth'])
    logits = torch.stack([own[:, k] @ p['w'][k] + p['c'][k] for k in range(config['tasks'])], dim=1)
    return {'logits': logits, 'logP': ops.log_p(logits), 'log1mP': ops.log_1mp(logits)}
