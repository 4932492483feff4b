"""Separate nets: b_k = MLP_k(x), all from the same x [B, F] -> b [B, K·D]."""

from . import task_mlps


def shapes(config):
    return task_mlps.shapes(config, shared_input=True)


def forward(p, x, config):
    return {'b': task_mlps.forward(p, x, config, shared_input=True)}
