"""The reference checked against torch's own layers, where torch has the same operation."""

import torch
import torch.nn.functional as F

import ops
from blocks import mlp, nse, shared_bottom, task_attention
from fixture import draw_parameters


def close(name, found, expected):
    assert torch.allclose(found, expected, rtol=1e-11, atol=1e-12), f'{name}: {(found - expected).abs().max()}'


def normal(*shape):
    return torch.randn(*shape, dtype=torch.float64)


def all_ops():
    torch.manual_seed(0)
    x, W, b = normal(5, 3), normal(3, 4), normal(4)
    close('dense', ops.dense(x, W, b), F.linear(x, W.T, b))

    x, W, b = normal(5, 6), normal(2, 3, 4), normal(8)
    close(
        'groupedDense',
        ops.grouped_dense(x, W, b),
        torch.einsum('bgi,gio->bgo', x.reshape(5, 2, 3), W).reshape(5, 8) + b,
    )

    table, ids = normal(6, 3), torch.tensor([[1, 5], [1, 1]])
    close('embed', ops.embed(table, ids), F.embedding(ids, table).reshape(2, 6))

    logits, experts = normal(5, 6), normal(5, 12)
    gates = F.softmax(logits.reshape(5, 2, 3), dim=2)
    mix, found = ops.gate_mix(logits, experts, 2)
    close('gates', found, gates.reshape(5, 6))
    close('mix', mix, torch.bmm(gates, experts.reshape(5, 3, 4)).reshape(5, 8))

    for causal in (False, True):
        h, Wqkv = normal(4, 24), normal(8, 24)
        context, A = ops.attention(h, Wqkv, 2, causal)
        Q, K, V = (
            part.reshape(4, 3, 2, 4).transpose(1, 2) for part in (h.reshape(4, 3, 8) @ Wqkv).split(8, dim=2)
        )
        expected = F.scaled_dot_product_attention(Q, K, V, is_causal=causal)
        close('attention', context, expected.transpose(1, 2).reshape(4, 24))
        close('attention rows', A.reshape(4, 2, 3, 3).sum(dim=3), torch.ones(4, 2, 3, dtype=torch.float64))

    x, gamma, beta = normal(5, 12), normal(4), normal(4)
    expected = F.layer_norm(x.reshape(15, 4), (4,), gamma, beta, 1e-5).reshape(5, 12)
    close('layerNorm', ops.layer_norm(x, gamma, beta), expected)

    x, mean, variance = normal(5, 4), normal(4), normal(4).abs()
    new_mean, new_variance, _ = ops.batch_norm_running(x, mean, variance, 0.1)
    close(
        'batchNorm, evaluation',
        ops.batch_norm_inference(x, gamma, beta, mean, variance),
        F.batch_norm(x, mean, variance, gamma, beta, training=False, eps=1e-5),
    )
    expected = F.batch_norm(x, mean, variance, gamma, beta, training=True, momentum=0.1, eps=1e-5)
    close('batchNorm', ops.batch_norm(x, gamma, beta), expected)
    close('running mean', new_mean, mean)
    close('running variance', new_variance, variance)

    # torch resets after the product with U; the two conventions agree where U of the candidate is diagonal.
    x, h, W, U, b = normal(5, 3), normal(5, 4), normal(3, 12), normal(4, 12), normal(12)
    U[:, 8:] = torch.diag(normal(4))
    swap = lambda v: torch.cat([v[..., 4:8], v[..., 0:4], v[..., 8:]], dim=-1)
    cell = torch.nn.GRUCell(3, 4).double()
    cell.weight_ih.data, cell.weight_hh.data = swap(W).T, swap(U).T
    cell.bias_ih.data, cell.bias_hh.data = swap(b), torch.zeros(12, dtype=torch.float64)
    close('gruCell', ops.gru_cell(x, h, W, U, b), cell(x, h).detach())

    logits, weights, positive = normal(5, 3) * 3, normal(5).abs(), normal(3).abs()
    labels = (normal(5, 3) > 0).double()
    expected = F.binary_cross_entropy_with_logits(
        logits, labels, weight=weights[:, None], pos_weight=positive, reduction='none'
    )
    close('weightedBce', ops.weighted_bce(logits, labels, weights, positive), expected.mean(dim=0))

    tensors = [normal(3, 5), normal(7)]
    clipped, norm = ops.clip_by_global_norm(tensors, 0.5)
    close('norm', norm, torch.nn.utils.get_total_norm(tensors))
    close('clip', torch.cat([t.reshape(-1) for t in clipped]).norm(), torch.tensor(0.5, dtype=torch.float64))


def all_blocks():
    torch.manual_seed(1)
    task_attention_against_torch('none')
    task_attention_against_torch('causal')
    task_attention_invariants()
    separate_nets_of_equal_weights()
    towers_of_either_input()


def attention_config(mask, width_in=8):
    return {
        'tasks': 3,
        'inputWidth': width_in,
        'width': 8,
        'heads': 2,
        'layers': 2,
        'ratio': 2,
        'mask': mask,
    }


def task_attention_against_torch(mask):
    """torch's encoder layer is the same post-norm Transformer; its biases of the projections are set to 0."""
    config = attention_config(mask)
    p = draw_parameters(task_attention.shapes(config))
    b = normal(5, 24)
    H = b.reshape(5, 3, 8) + p['T']
    hidden = torch.ones(3, 3).triu(diagonal=1).bool() if mask == 'causal' else None
    for n in (1, 2):
        layer = torch.nn.TransformerEncoderLayer(
            8, 2, dim_feedforward=16, dropout=0.0, activation='relu', batch_first=True, norm_first=False
        ).double()
        of = lambda name: p[f'layer{n}.{name}']
        layer.self_attn.in_proj_weight.data = of('Wqkv').T.contiguous()
        layer.self_attn.out_proj.weight.data = of('Wo').T.contiguous()
        layer.self_attn.in_proj_bias.data.zero_()
        layer.self_attn.out_proj.bias.data.zero_()
        layer.linear1.weight.data, layer.linear1.bias.data = of('W1').T.contiguous(), of('b1')
        layer.linear2.weight.data, layer.linear2.bias.data = of('W2').T.contiguous(), of('b2')
        layer.norm1.weight.data, layer.norm1.bias.data = of('ln1.gamma'), of('ln1.beta')
        layer.norm2.weight.data, layer.norm2.bias.data = of('ln2.gamma'), of('ln2.beta')
        H = layer(H, src_mask=hidden)
    close('task attention', task_attention.forward(p, b, config)['t'], H.detach().reshape(5, 24))


def task_attention_invariants():
    """Permuting the tasks and T permutes the result; without W^O, W_2, b_2 it is LN(LN(b + T)), layer by layer."""
    config = attention_config('none', width_in=5)
    p = draw_parameters(task_attention.shapes(config))
    b = normal(4, 15)
    order = [2, 0, 1]
    permuted = {**p, 'T': p['T'][order]}
    t = task_attention.forward(p, b, config)['t'].reshape(4, 3, 8)
    moved = task_attention.forward(permuted, b.reshape(4, 3, 5)[:, order].reshape(4, 15), config)['t']
    close('task permutation', moved.reshape(4, 3, 8), t[:, order])

    bare = {
        name: torch.zeros_like(v) if name.split('.')[-1] in ('Wo', 'W2', 'b2') else v for name, v in p.items()
    }
    expected = b.reshape(4, 3, 5) @ p['adapt.W'] + p['adapt.b'] + p['T']
    for n in (1, 2):
        for norm in ('ln1', 'ln2'):
            gamma, beta = p[f'layer{n}.{norm}.gamma'], p[f'layer{n}.{norm}.beta']
            expected = F.layer_norm(expected, (8,), gamma, beta, 1e-5)
    close('bare task attention', task_attention.forward(bare, b, config)['t'], expected.reshape(4, 24))


def separate_nets_of_equal_weights():
    """Separate nets that hold the same weights give what Shared-Bottom gives, K times."""
    for batch_norm in (False, True):
        config = {'tasks': 3, 'inputWidth': 4, 'layers': [5, 3], 'batchNorm': batch_norm}
        p = draw_parameters(shared_bottom.shapes(config))
        x = normal(6, 4)
        repeated = {
            name: torch.stack([v] * 3) if name == 'layer2.W' else torch.cat([v] * 3, dim=-1)
            for name, v in p.items()
        }
        expected = shared_bottom.forward(p, x, config)['b'].repeat(1, 3)
        close('separate nets', nse.forward(repeated, x, config)['b'], expected)


def towers_of_either_input():
    """Towers on one shared vector are towers on K copies of it."""
    config = {'tasks': 3, 'inputWidth': 4, 'layers': [5, 3], 'batchNorm': False, 'sharedInput': False}
    p = draw_parameters(mlp.shapes(config))
    shared = {**p, 'layer1.W': torch.cat(list(p['layer1.W']), dim=1)}
    b = normal(6, 4)
    expected = mlp.forward(p, b.repeat(1, 3), config)['t']
    close('towers', mlp.forward(shared, b, {**config, 'sharedInput': True})['t'], expected)
