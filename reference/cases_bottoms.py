"""Fixture cases of the gated Bottoms and their kin, without dropout."""

from blocks import mmoe
from cases_blocks import block_case, label, widths

ABOUT = {
    'mmoe': 'MMoE: experts Lin -> [BN] -> ReLU in every layer, side by side; linear softmax gates, one a task; '
    'gates [B, K·E]. ownInputs: x is [B, K·F], a vector a task.',
}


def of(module, batch, tasks, width, layers, **own):
    """One case; own: the block's own numbers. The rest is off unless given."""
    config = {
        'tasks': tasks,
        'inputWidth': width,
        'layers': layers,
        'batchNorm': False,
        'dropout': 0,
        'ownInputs': False,
        'gateBias': False,
        **own,
    }
    numbers = ('experts', 'shared', 'levels', 'same')
    name = label(
        f'K {tasks}',
        f'batch {batch}',
        f'{width} -> {widths(layers)}',
        *(f'{config[key]} {key}' for key in numbers if key in config),
        'an input a task' if config['ownInputs'] else '',
        'gate bias' if config['gateBias'] else '',
        'batch norm' if config['batchNorm'] else '',
    )
    vectors = tasks if config['ownInputs'] else 1
    return block_case(name, module, config, batch, 'x', 'b', vectors * width)


def cases():
    """By block: a function that makes its cases."""
    return {
        'mmoe': lambda: [
            of(mmoe, 5, 2, 7, [5, 3], experts=3),
            of(mmoe, 7, 3, 5, [4], experts=4, gateBias=True),
            of(mmoe, 1, 3, 3, [5], experts=2),
            of(mmoe, 7, 3, 5, [4, 3], experts=2, batchNorm=True),
            of(mmoe, 5, 2, 5, [4, 3], experts=3, ownInputs=True, gateBias=True),
            of(mmoe, 3, 3, 4, [5], experts=2, ownInputs=True),
        ],
    }

