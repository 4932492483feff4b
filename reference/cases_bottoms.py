"""Fixture cases of the gated Bottoms and their kin, without dropout."""

from blocks import adatt, cross_stitch, ml_mmoe, mmoe, omoe, ple, single_task
from cases_blocks import block_case, label, widths
from cases_models import mlp, model_case, pipeline

ABOUT = {
    'mmoe': 'MMoE: linear softmax gates, one a task; gates [B, K·E].',
    'ple': 'PLE: gates [B, L·K·E] over all experts (tasks in turn, then shared), 0 for those of other tasks; sharedGate '
    '[B, (L-1)·E] of the shared stream. With own inputs the shared stream starts from their mean.',
    'single-task': 'Single task: one MLP a task on its own vector.',
    'omoe': 'MoE with one gate: b is [B, D], the same for every task; [B, K·D] with own inputs.',
    'ml-mmoe': 'ML-MMoE: every gate reads the input; gates [B, K·E] at the top, levelGates [B, G·(L-1)·E·E] below it, '
    'G inputs.',
    'adatt': 'AdaTT (shared 0: AdaTT-sp): gates [B, L·K·E] over all experts (tasks in turn, then shared).',
    'cross-stitch': 'Cross-stitch: a stitch after every layer; stitch [1, L·K·K] holds them.',
}

LAYOUT = (
    ' Experts and networks: Lin -> [BN] -> ReLU in every layer, without dropout, side by side in columns. ownInputs: x is '
    '[B, K·F], a vector a task. Batch norm in training mode: biased variance of the batch, epsilon 1e-5; a bias before it '
    'has gradient 0. Gradients are those of sum(b * G) with respect to every parameter and the input x.'
)


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
    own = {'ownInputs': True}
    return {
        'mmoe': lambda: [
            of(mmoe, 5, 2, 7, [5, 3], experts=3),
            of(mmoe, 7, 3, 5, [4], experts=4, gateBias=True),
            of(mmoe, 1, 3, 3, [5], experts=2),
            of(mmoe, 7, 3, 5, [4, 3], experts=2, batchNorm=True),
            of(mmoe, 5, 2, 5, [4, 3], experts=3, ownInputs=True, gateBias=True),
            of(mmoe, 3, 3, 4, [5], experts=2, ownInputs=True),
        ],
        'ple': lambda: [
            of(ple, 5, 2, 7, [4, 3], experts=1, shared=2, levels=1),
            of(ple, 7, 2, 5, [3], experts=2, shared=1, levels=2, gateBias=True),
            of(ple, 5, 3, 4, [3], experts=1, shared=2, levels=3),
            of(ple, 1, 3, 3, [4], experts=2, shared=3, levels=2),
            of(ple, 7, 3, 4, [3], experts=1, shared=1, levels=2, batchNorm=True),
            of(ple, 5, 2, 5, [3], experts=2, shared=0, levels=2),
            of(ple, 5, 2, 4, [4, 3], experts=2, shared=2, levels=2, **own),
        ],
        'single-task': lambda: [
            of(single_task, 5, 2, 7, [5, 3], **own),
            of(single_task, 1, 3, 3, [5], **own),
            of(single_task, 7, 3, 5, [4, 3], batchNorm=True, **own),
        ],
        'omoe': lambda: [
            of(omoe, 5, 2, 7, [5, 3], experts=3),
            of(omoe, 1, 3, 3, [5], experts=2, gateBias=True),
            of(omoe, 7, 2, 5, [4], experts=4, batchNorm=True),
            of(omoe, 5, 3, 4, [4, 3], experts=2, **own),
        ],
        'ml-mmoe': lambda: [
            of(ml_mmoe, 5, 2, 7, [4], experts=3, levels=2),
            of(ml_mmoe, 7, 3, 5, [4, 3], experts=2, levels=3, gateBias=True),
            of(ml_mmoe, 1, 3, 3, [5], experts=2, levels=1),
            of(ml_mmoe, 7, 2, 5, [3], experts=2, levels=2, batchNorm=True),
            of(ml_mmoe, 5, 3, 4, [3], experts=2, levels=2, **own),
        ],
        'adatt': lambda: [
            of(adatt, 5, 2, 7, [4, 3], experts=2, shared=0, levels=1),
            of(adatt, 7, 3, 5, [3], experts=1, shared=0, levels=2),
            of(adatt, 5, 2, 5, [3], experts=2, shared=0, levels=3, gateBias=True),
            of(adatt, 7, 2, 4, [3], experts=1, shared=2, levels=2),
            of(adatt, 5, 3, 4, [3], experts=1, shared=1, levels=2),
            of(adatt, 1, 3, 3, [5], experts=2, shared=1, levels=2),
            of(adatt, 7, 2, 5, [3], experts=2, shared=0, levels=2, batchNorm=True),
            of(adatt, 5, 2, 4, [3], experts=2, shared=1, levels=2, **own),
        ],
        'cross-stitch': lambda: [
            of(cross_stitch, 5, 2, 7, [5, 3], same=0.9),
            of(cross_stitch, 7, 3, 5, [4, 3, 2], same=0.9),
            of(cross_stitch, 1, 3, 3, [5], same=0.9),
            of(cross_stitch, 7, 2, 5, [4, 3], same=0.5, batchNorm=True),
            of(cross_stitch, 5, 3, 4, [3], same=0.9, **own),
        ],
    }



MODELS_ABOUT = (
    'Whole models with gated Bottoms and without any sharing, as in models.json. Single task: input.0.table holds the rows '
    'of K tables, one a task, which are all read with the same codes; x is [B, K·F].'
)


def models():
    def chosen(block, layers, **own):
        params = {'layers': layers, 'dropout': 0, 'batchNorm': False, **own}
        return {'block': block, 'params': params}

    gated = {'gateBias': False}
    wanted = {
        'MMoE + MLP + Identity, K 2': (2, 7, chosen('mmoe', [4, 3], experts=2, **gated)),
        'PLE + MLP + Identity, K 3': (3, 9, chosen('ple', [3], experts=1, shared=1, levels=2, **gated)),
        'Single task + MLP + Identity, K 2': (2, 7, chosen('single-task', [5, 3])),
        'MoE, one gate + MLP + Identity, K 3': (3, 9, chosen('omoe', [5], experts=2, **gated)),
    }
    return [
        model_case(name, pipeline(tasks, batch, bottom, mlp([3])))
        for name, (tasks, batch, bottom) in wanted.items()
    ]
