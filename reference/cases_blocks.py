"""Fixture cases of the blocks, without dropout."""

import torch

from blocks import embedding, identity, mlp, nse, shared_bottom, task_attention
from fixture import case, draw, draw_parameters, drawn_case

LAYOUT = (
    ' Tasks lie side by side in columns: task k in columns k·D ... . No dropout. Gradients are those of '
    'sum({} * G) with respect to every parameter and the input {}.'
)
BATCH_NORM = (
    ' Batch norm in training mode: biased variance of the batch, epsilon 1e-5; a bias before it has gradient 0.'
)

ABOUT = {
    'embedding': 'Embedding input: x = [e_1; ...; e_C; z]. The rows of column i in the one table start after those of '
    'the columns before it (config.sizes); ids are codes within the column. Gradients are those of sum(x * G) '
    'with respect to the table.',
    'shared-bottom': 'Shared-Bottom: one MLP, Lin -> [BN] -> ReLU in every layer; output b [B, D], the same for all '
    'tasks.' + BATCH_NORM + LAYOUT.format('b', 'x'),
    'nse': 'Separate nets: one MLP a task on the same x [B, F], Lin -> [BN] -> ReLU in every layer; b [B, K·D].'
    + BATCH_NORM
    + LAYOUT.format('b', 'x'),
    'mlp': 'MLP towers: one MLP a task, Lin -> [BN] -> ReLU in every layer; t [B, K·D_t]. sharedInput true: b is '
    '[B, D_b], the same for every task, and layer1.W is [D_b, K·D_1]; false: b is [B, K·D_b].'
    + BATCH_NORM
    + LAYOUT.format('t', 'b'),
    'task-attention': 'Task Attention, post-norm, layer-norm epsilon 1e-5, no bias in Q, K, V and the output '
    'projection. attention [B, L·h·K·K]: layer by layer, head by head, row reads column.' + LAYOUT.format('t', 'b'),
    'identity': 'Identity top: logits [B, K], logP = log p, log1mP = log(1 - p). Gradients are those of '
    'sum(logits * G) + sum(logP * GLogP) + sum(log1mP * GLog1mP) with respect to w, c and t.',
}


def block_case(name, module, config, batch, source, target, input_width, change=lambda t: t):
    """Input `source` [batch, input_width], output `target`; a cotangent G for it."""

    def build():
        parameters = draw_parameters(module.shapes(config))
        x = change(draw((batch, input_width)))
        shape = module.forward(parameters, x, config)[target].shape
        inputs = {source: x, 'G': draw(tuple(shape))}

        def compute(i, p):
            outputs = module.forward(p, i[source], config)
            return outputs, (outputs[target] * i['G']).sum()

        wrt = [source, *parameters]
        return case(name, {**config, 'batch': batch}, inputs, parameters, compute, wrt)

    return drawn_case(name, build)


def label(*parts):
    return ', '.join(part for part in parts if part)


def widths(layers):
    return '-'.join(str(n) for n in layers)


def embedding_case(batch, sizes, dim, numericals):
    name = label(f'batch {batch}', f'columns of {"/".join(map(str, sizes))}', f'd {dim}', f'{numericals} numericals')
    config = {'batch': batch, 'sizes': sizes, 'dim': dim, 'numericals': numericals}

    def build():
        parameters = draw_parameters(embedding.shapes(config))
        ids = torch.stack([torch.randint(0, size, (batch,)) for size in sizes], dim=1)
        inputs = {
            'ids': ids,
            'numericals': draw((batch, numericals)),
            'G': draw((batch, embedding.width(config))),
        }

        def compute(i, p):
            x = embedding.forward(p, i['ids'], i['numericals'], config)
            return {'x': x}, (x * i['G']).sum()

        return case(name, config, inputs, parameters, compute, ['table'])

    return drawn_case(name, build)


def bottom(module, batch, width, layers, batch_norm, tasks):
    name = label(
        f'K {tasks}' if module is nse else '',
        f'batch {batch}',
        f'{width} -> {widths(layers)}',
        'batch norm' if batch_norm else '',
    )
    config = {
        'tasks': tasks,
        'inputWidth': width,
        'layers': layers,
        'batchNorm': batch_norm,
        'dropout': 0,
    }
    return block_case(name, module, config, batch, 'x', 'b', width)


def towers(batch, tasks, width, layers, shared, batch_norm):
    name = label(
        f'K {tasks}',
        f'batch {batch}',
        f'{width} -> {widths(layers)}',
        'one shared input' if shared else 'an input a task',
        'batch norm' if batch_norm else '',
    )
    config = {
        'tasks': tasks,
        'inputWidth': width,
        'sharedInput': shared,
        'layers': layers,
        'batchNorm': batch_norm,
        'dropout': 0,
    }
    return block_case(name, mlp, config, batch, 'b', 't', width if shared else tasks * width)


def attention_towers(batch, tasks, width_in, width, heads, layers, ratio, mask):
    name = label(
        f'K {tasks}',
        f'batch {batch}',
        f'{width_in} -> {width}',
        f'{heads} heads',
        f'{layers} layers',
        f'ratio {ratio}',
        f'mask {mask}',
    )
    config = {
        'tasks': tasks,
        'inputWidth': width_in,
        'width': width,
        'heads': heads,
        'layers': layers,
        'ratio': ratio,
        'mask': mask,
        'dropout': 0,
    }
    return block_case(name, task_attention, config, batch, 'b', 't', tasks * width_in)


def identity_case(batch, tasks, width, extreme=False):
    name = label(f'K {tasks}', f'batch {batch}', f'width {width}', 'logits beyond ±80' if extreme else '')
    config = {'tasks': tasks, 'inputWidth': width, 'batch': batch}

    def build():
        parameters = draw_parameters(identity.shapes(config))
        t = draw((batch, tasks * width))
        if extreme:
            parameters['c'] = torch.tensor([88.0, -88.0, 0.5])[:tasks].double()
        cotangents = {key: draw((batch, tasks)) for key in ('G', 'GLogP', 'GLog1mP')}

        def compute(i, p):
            outputs = identity.forward(p, i['t'], config)
            loss = (
                (outputs['logits'] * i['G']).sum()
                + (outputs['logP'] * i['GLogP']).sum()
                + (outputs['log1mP'] * i['GLog1mP']).sum()
            )
            return outputs, loss

        return case(name, config, {'t': t, **cotangents}, parameters, compute, ['t', 'w', 'c'])

    return drawn_case(name, build)


def cases():
    return {
        'embedding': [
            embedding_case(5, [5, 3, 4], 3, 2),
            embedding_case(7, [4], 1, 3),
            embedding_case(1, [6, 2], 5, 1),
        ],
        'shared-bottom': [
            bottom(shared_bottom, 5, 7, [5, 3], False, 2),
            bottom(shared_bottom, 1, 3, [6], False, 3),
            bottom(shared_bottom, 7, 5, [7, 6, 4], False, 3),
            bottom(shared_bottom, 7, 5, [6, 3], True, 2),
            bottom(shared_bottom, 5, 4, [5], True, 3),
        ],
        'nse': [
            bottom(nse, 5, 7, [5, 3], False, 2),
            bottom(nse, 7, 5, [4, 6, 3], False, 3),
            bottom(nse, 1, 3, [5], False, 3),
            bottom(nse, 7, 5, [6, 3], True, 2),
            bottom(nse, 5, 4, [3, 5], True, 3),
        ],
        'mlp': [
            towers(5, 2, 5, [4, 3], False, False),
            towers(7, 3, 3, [5, 4, 2], False, False),
            towers(1, 3, 4, [3], False, False),
            towers(5, 3, 6, [5, 3], True, False),
            towers(1, 2, 5, [3, 4], True, False),
            towers(7, 2, 4, [5, 3], False, True),
            towers(7, 3, 5, [3, 4], True, True),
        ],
        'task-attention': [
            attention_towers(5, 2, 5, 6, 1, 1, 1, 'none'),
            attention_towers(5, 2, 6, 6, 2, 2, 2, 'causal'),
            attention_towers(7, 3, 6, 6, 3, 2, 1, 'none'),
            attention_towers(3, 3, 5, 8, 4, 2, 2, 'causal'),
            attention_towers(3, 5, 7, 8, 4, 2, 2, 'none'),
            attention_towers(3, 5, 4, 4, 2, 3, 1, 'causal'),
            attention_towers(1, 3, 4, 8, 2, 1, 2, 'none'),
        ],
        'identity': [
            identity_case(5, 2, 3),
            identity_case(7, 3, 5),
            identity_case(1, 2, 4),
            identity_case(3, 3, 2, extreme=True),
        ],
    }
