"""MLP towers: t_k = MLP_k(b_k) -> t [B, K·D_t].

config.sharedInput: the Bottom hands the same vector [B, D_b] to every task (Shared-Bottom); else b is [B, K·D_b].
"""

from . import task_mlps


def shapes(config):
    return task_mlps.shapes(config, config['sharedInput'])


def forward(p, b, config):
    return {'t': task_mlps.forward(p, b, config, config['sharedInput'])}
