"""Fixture cases of the Towers in which tasks pass something on, without dropout."""

from blocks import resflow, seq, twin
from fixture import case, draw, draw_parameters, drawn_case

LAYOUT = (
    ' b [B, K·D_b], or [B, D_b] where config.sharedInput; t [B, K·D_t], task k in columns k·D ... . config.parents: the '
    'tree of tasks; without it a chain. No dropout; batch norm in training mode, as in nse. Gradients are those of '
    'sum(t * G) with respect to every parameter and b.'
)

ABOUT = {
    'resflow': 'ResFlow towers: behind each linked block a task adds what its parent has there.' + LAYOUT,
    'twin': 'Twin towers: b holds the vectors of the user, then those of the item: [B, 2·K·D_b], or [B, 2·D_b] where '
    'config.sharedInput. score [B, K]: the inner products before a link.' + LAYOUT,
    'seq': 'SEQ towers: a token for each task, read by GRU layers that reset before the product with U.' + LAYOUT,
}

TREE_3 = [None, 0, 0]
TREE_4 = [None, 0, 1, 0]


def tower_case(module, batch, tasks, width, parents=None, shared=False, note='', plain=None, sides=1, **options):
    """One case. `plain` are the options that the name leaves out unless they are given."""
    config = {'tasks': tasks, 'inputWidth': width, 'sharedInput': shared, 'batch': batch, **(plain or {}), **options}
    if parents:
        config['parents'] = parents
    parts = [f'K {tasks}', 'a tree' if parents else '', f'batch {batch}', f'width {width}']
    parts += ['one shared input' if shared else '', *(f'{key} {value}' for key, value in options.items()), note]
    name = ', '.join(part for part in parts if part)

    def build():
        parameters = draw_parameters(module.shapes(config))
        b = draw((batch, sides * (width if shared else tasks * width)))
        shape = module.forward(parameters, b, config)['t'].shape
        inputs = {'b': b, 'G': draw(tuple(shape))}

        def compute(i, p):
            outputs = module.forward(p, i['b'], config)
            return outputs, (outputs['t'] * i['G']).sum()

        return case(name, config, inputs, parameters, compute, ['b', *parameters])

    return drawn_case(name, build)


def resflow_cases():
    plain = {'activation': 'relu', 'batchNorm': False, 'dropout': 0}
    plain.update({f'link{n}': True for n in range(1, 5)})
    of = lambda *given, **more: tower_case(resflow, *given, plain=plain, **more)
    return [
        of(5, 2, 5, layers=[4, 3]),
        of(7, 3, 3, layers=[5, 4, 2]),
        of(5, 3, 4, parents=TREE_3, layers=[3, 4]),
        of(5, 4, 3, parents=TREE_4, layers=[4, 3]),
        of(1, 3, 4, layers=[3]),
        of(5, 3, 6, shared=True, layers=[5, 3]),
        of(5, 3, 4, layers=[4, 3], link1=False),
        of(5, 3, 4, layers=[4, 3], link2=False),
        of(7, 2, 4, layers=[5, 3], batchNorm=True),
        of(7, 3, 4, layers=[4, 3], activation='prelu', batchNorm=True),
        of(5, 2, 4, shared=True, layers=[3], activation='prelu'),
    ]


def seq_cases():
    plain = {'order': 'parent', 'batchNorm': False, 'dropout': 0}
    of = lambda *given, **more: tower_case(seq, *given, plain=plain, **more)
    return [
        of(5, 2, 5, tokenLayers=[4], layers=2, hidden=3),
        of(7, 3, 3, tokenLayers=[5, 4], layers=3, hidden=5),
        of(5, 3, 4, parents=TREE_3, tokenLayers=[3], layers=2, hidden=4),
        of(5, 4, 3, parents=TREE_4, tokenLayers=[3], layers=2, hidden=3),
        of(5, 4, 3, parents=TREE_4, tokenLayers=[3], layers=1, hidden=3, order='list'),
        of(1, 3, 4, tokenLayers=[6], layers=2, hidden=3),
        of(5, 3, 5, shared=True, tokenLayers=[4], layers=2, hidden=3),
        of(7, 2, 4, tokenLayers=[5], layers=1, hidden=4, batchNorm=True),
    ]


def twin_cases():
    plain = {'hiddenLinks': True, 'placement': 'after', 'hands': 'score', 'batchNorm': False, 'dropout': 0}
    of = lambda *given, **more: tower_case(twin, *given, plain=plain, sides=2, **more)
    return [
        of(5, 2, 5, layers=[4, 3]),
        of(7, 3, 3, layers=[5, 4, 2], placement='before'),
        of(5, 3, 4, parents=TREE_3, layers=[3, 4], placement='both'),
        of(5, 4, 3, parents=TREE_4, layers=[4, 3], hands='products'),
        of(1, 3, 4, layers=[3], placement='none'),
        of(5, 3, 5, shared=True, layers=[4, 3], hiddenLinks=False),
        of(5, 2, 4, shared=True, layers=[3], placement='before', hands='products'),
        of(7, 2, 4, layers=[5, 3], batchNorm=True),
        of(5, 1, 4, shared=True, layers=[3, 2]),
    ]


CASES = {'resflow': resflow_cases, 'seq': seq_cases, 'twin': twin_cases}


def cases():
    return {block: make() for block, make in CASES.items()}
