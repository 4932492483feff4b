"""Embedding: e_i = E_i[c_i], x = [e_1; ...; e_C; z].

All tables lie in one: the rows of column i start after those of the columns before it. ids [B, C] are codes within
each column, z [B, M] the numerical features.
"""

import torch

import ops


def shapes(config):
    return {'table': (sum(config['sizes']), config['dim'])}


def offsets(sizes):
    return [sum(sizes[:column]) for column in range(len(sizes))]


def forward(p, ids, z, config):
    rows = ids + torch.tensor(offsets(config['sizes']), dtype=ids.dtype)
    return torch.cat([ops.embed(p['table'], rows), z], dim=1)


def width(config):
    return len(config['sizes']) * config['dim'] + config['numericals']
