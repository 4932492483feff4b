"""Fixture cases of the input blocks that refine what another one hands on."""

import torch

from blocks import md
from fixture import case, draw, draw_parameters, drawn_case

ABOUT = {
    'md': 'MD adaptor: x [B, groups·F] and country codes [B, 1] -> x\' . config.fields are the columns of x, [name, width] '
    'each; config.masked names those that the mask multiplies, and kind and threshold play no part here. Gradients are those of '
    'sum(x\' * G) with respect to every parameter and the input, which is written x0.',
}

FIELDS = [['c0', 3], ['land', 2], ['n0', 1], ['n1', 1], ['n2', 1]]
NUMBERS = ['n0', 'n1', 'n2']
ALL = ['c0', *NUMBERS]


def md_case(batch, tasks, masked=NUMBERS, groups=1, note='', **options):
    config = {
        'tasks': tasks,
        'fields': FIELDS,
        'masked': masked,
        'groups': groups,
        'countries': 4,
        'mode': 'plug-in',
        'dependent': 'numerical' if masked is NUMBERS else 'all' if masked is ALL else 'shifted',
        'threshold': 0.5,
        'maskLayers': [3],
        'activation': 'sigmoid2',
        'transform': 'mlp',
        'layers': [4],
        **options,
    }
    parts = [f'K {tasks}', f'batch {batch}', f'masked {"/".join(masked)}', 'an input a task' if groups > 1 else '']
    name = ', '.join(part for part in [*parts, *(f'{key} {value}' for key, value in options.items())] if part)

    def build():
        parameters = draw_parameters(md.shapes(config))
        width = sum(w for _, w in FIELDS)
        codes = torch.randint(0, config['countries'], (batch, 1))
        x = draw((batch, groups * width))
        inputs = {'x0': x, 'codes': codes, 'G': draw(tuple(md.forward(parameters, x, codes, config)['x'].shape))}

        def compute(i, p):
            outputs = md.forward(p, i['x0'], i['codes'], config)
            return outputs, (outputs['x'] * i['G']).sum()

        return case(name, {**config, 'batch': batch}, inputs, parameters, compute, ['x0', *parameters])

    return drawn_case(name, build)


def cases():
    return {
        'md': [
            md_case(5, 2),
            md_case(7, 3, transform='none'),
            md_case(5, 3, mode='per-task', maskLayers=[4, 3], layers=[5, 3]),
            md_case(5, 2, mode='per-task', transform='none', activation='sigmoid'),
            md_case(1, 2, ALL, activation='linear', layers=[3, 2], countries=1),
            md_case(7, 3, ALL, groups=3, maskLayers=[2, 5]),
            md_case(5, 2, ['n1'], groups=2, mode='per-task', transform='mlp'),
            md_case(5, 3, ['c0', 'n2'], groups=3, transform='none', activation='linear'),
        ]
    }
