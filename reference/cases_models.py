"""Fixture cases of whole models: forward, losses, every gradient, and five steps of Adam on the same batch."""

import torch

from fixture import SNAP, MARGIN, Report, alive, case, cast, deviation, draw, draw_parameters, drawn_case
from models import Model, train
from ops import Kinks

ABOUT = (
    'Whole models: embedding input, bottom, towers, identity top, weighted cross-entropy, fixed weights. '
    'x = [e_1; ...; e_C; z]; the rows of column i in input.0.table start after those of the columns before it '
    '(config.sizes); ids are codes within the column. Shared-Bottom hands its one vector [B, D] to MLP towers as it '
    'is (towers.layer1.W is [D, K·D_1]) and to Task Attention repeated for every task. '
    'L_k = (1/B) sum_i w_i (c_k y (-log p) + (1 - y)(-log(1 - p))), w = weights, c = positiveWeight; '
    'total = sum_k lambda_k L_k; gradients are those of total with respect to every parameter. Then config.steps '
    'updates of Adam on the same batch: steps[s] is the total loss and stepLosses[s] the loss of each task after s '
    'updates (s = 0 is before the first); final holds the parameters after the last. Batch norm is in training mode '
    'throughout; a bias before it has gradient 0 up to rounding, of which Adam makes steps of any size: such biases '
    'change no output and are left out of final.'
)

OPTIMIZER = {'optimizer': 'adam', 'learningRate': 0.0078125, 'beta1': 0.9, 'beta2': 0.999, 'epsilon': 1e-8}
STEPS = 5

#: A gradient this small, unless it is 0, may have another sign in float32, and Adam would make a full step of it.
SMALLEST = 1e-5
#: How far the parameters may stray after the steps if the same model runs in float32.
STRAY = 1e-6


def funnel_labels(batch, tasks):
    """y_1 >= y_2 >= ... in every row, and at least one row that ends after each task."""
    depth = torch.randint(0, tasks + 1, (batch,))
    depth[: tasks + 1] = torch.arange(tasks + 1)
    return torch.stack([depth > k for k in range(tasks)], dim=1).double()


def drawn_inputs(config):
    batch, tasks = config['batch'], config['tasks']
    weights = torch.tensor([1.0, 0.5, 1.0, 1.75, 0.0, 1.0, 0.25, 1.0, 0.875])[:batch].double()
    return {
        'ids': torch.stack([torch.randint(0, size, (batch,)) for size in config['sizes']], dim=1),
        'numericals': draw((batch, config['numericals'])),
        'labels': funnel_labels(batch, tasks),
        'weights': weights,
        'positiveWeight': torch.tensor([1.0, 2.5, 6.0])[:tasks].double(),
        'lambda': torch.tensor([1.0, 0.75, 1.5])[:tasks].double(),
    }


def without_batch_norm_biases(parameters):
    return {
        name: t
        for name, t in parameters.items()
        if not (name.endswith('.b') and f'{name[:-2]}.gamma' in parameters)
    }


def model_case(name, config):
    model = Model(config)

    def compute(i, p):
        outputs = model.forward(i, p)
        return outputs, outputs['total']

    def build():
        inputs = drawn_inputs(config)
        parameters = draw_parameters(model.shapes())
        Kinks.reset()
        totals, losses, final, gradients = train(model, inputs, parameters, OPTIMIZER, STEPS)
        if Kinks.margin < MARGIN:
            return None
        if not all(alive(key, g, parameters) for key, g in gradients[0].items()):
            return None
        sizes = torch.cat([g.reshape(-1) for at in gradients for g in without_batch_norm_biases(at).values()])
        sizes = sizes.abs()
        if sizes[sizes > SNAP].min() < SMALLEST:
            return None
        single = train(model, cast(inputs, torch.float32), cast(parameters, torch.float32), OPTIMIZER, STEPS)
        final = without_batch_norm_biases(final)
        stray = max(deviation(t, single[2][key]) for key, t in final.items())
        if stray > STRAY:
            return None
        made = case(name, config, inputs, parameters, compute, list(parameters))
        if made is None:
            return None
        made['outputs'].update({'steps': totals, 'stepLosses': losses})
        made['final'] = final
        Report.rows.append((f'{name}, after {STEPS} steps', deviation(totals, single[0]), stray))
        return made

    return drawn_case(name, build)


def mlp(layers, batch_norm=False):
    return {'block': 'mlp', 'params': {'layers': layers, 'dropout': 0, 'batchNorm': batch_norm}}


def bottom(block, layers, batch_norm=False):
    return {'block': block, 'params': {'layers': layers, 'dropout': 0, 'batchNorm': batch_norm}}


def attention(width, heads, layers, ratio, mask):
    params = {
        'width': width,
        'heads': heads,
        'layers': layers,
        'ratio': ratio,
        'mask': mask,
        'dropout': 0,
    }
    return {'block': 'task-attention', 'params': params}


def pipeline(tasks, batch, bottom_choice, tower_choice):
    return {
        'tasks': tasks,
        'batch': batch,
        'sizes': [5, 3, 4],
        'numericals': 2,
        'input': [{'block': 'embedding', 'params': {'dim': 3}}],
        'bottom': bottom_choice,
        'towers': tower_choice,
        'top': {'block': 'identity', 'params': {}},
        'balancer': {'block': 'fixed', 'params': {}},
        'optimizer': OPTIMIZER,
        'steps': STEPS,
    }


def cases():
    sb, separate = 'shared-bottom', 'nse'
    wanted = {
        'SB + MLP + Identity, K 2': pipeline(2, 7, bottom(sb, [7, 5]), mlp([4, 3])),
        'SB + MLP + Identity, K 3': pipeline(3, 9, bottom(sb, [7, 5]), mlp([5])),
        'NSE + MLP + Identity, K 2': pipeline(2, 7, bottom(separate, [6, 5]), mlp([4, 3])),
        'NSE + MLP + Identity, K 3': pipeline(3, 9, bottom(separate, [5, 3]), mlp([4])),
        'NSE + MLP + Identity, K 2, batch norm': pipeline(
            2, 9, bottom(separate, [5, 4], batch_norm=True), mlp([3], batch_norm=True)
        ),
        'NSE + TA + Identity, K 2': pipeline(
            2, 7, bottom(separate, [7, 6]), attention(6, 2, 2, 1, 'none')
        ),
        'NSE + TA + Identity, K 3': pipeline(
            3, 9, bottom(separate, [5]), attention(8, 4, 1, 2, 'none')
        ),
        'SB + TA + Identity, K 2': pipeline(2, 7, bottom(sb, [7, 5]), attention(6, 3, 2, 2, 'none')),
        'SB + TA + Identity, K 3': pipeline(3, 9, bottom(sb, [6]), attention(6, 2, 2, 1, 'causal')),
    }
    return [model_case(name, config) for name, config in wanted.items()]
