"""Single task: b_k = MLP_k(x_k), nothing shared; x [B, K·F] -> b [B, K·D]."""

from . import task_mlps


def shapes(config):
    return task_mlps.shapes(config, shared_input=False)


def forward(p, x, config):
    return {'b': task_mlps.forward(p, x, config, shared_input=False)}
