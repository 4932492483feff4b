"""Whole models: input, bottom, towers and top put together, the loss, and training steps with Adam."""

import torch

import ops
from blocks import (
    adatt,
    cross_stitch,
    embedding,
    identity,
    ml_mmoe,
    mlp,
    mmoe,
    nse,
    omoe,
    ple,
    shared_bottom,
    single_task,
    task_attention,
)

BOTTOMS = {
    'shared-bottom': shared_bottom,
    'nse': nse,
    'mmoe': mmoe,
    'ple': ple,
    'single-task': single_task,
    'omoe': omoe,
    'ml-mmoe': ml_mmoe,
    'adatt': adatt,
    'cross-stitch': cross_stitch,
}
TOWERS = {'mlp': mlp, 'task-attention': task_attention}


class Model:
    """config: tasks, sizes, numericals, and the blocks as a pipeline names them ({block, params})."""

    def __init__(self, config):
        tasks = config['tasks']
        dim = config['input'][0]['params']['dim']
        self.input = {'sizes': config['sizes'], 'dim': dim, 'numericals': config['numericals']}
        self.bottom_block = BOTTOMS[config['bottom']['block']]
        self.bottom = {
            **config['bottom']['params'],
            'tasks': tasks,
            'inputWidth': embedding.width(self.input),
            'ownInputs': self.bottom_block is single_task,
        }
        #: Embedding tables: one, or one a task where nothing is shared.
        self.tables = tasks if self.bottom['ownInputs'] else 1
        bottom_width = self.bottom['layers'][-1]
        self.tower_block = TOWERS[config['towers']['block']]
        one_vector = self.bottom_block in (shared_bottom, omoe)
        self.towers = {**config['towers']['params'], 'tasks': tasks, 'inputWidth': bottom_width}
        self.repeat = tasks if one_vector and self.tower_block is task_attention else 1
        if self.tower_block is mlp:
            self.towers['sharedInput'] = one_vector
            tower_width = self.towers['layers'][-1]
        else:
            tower_width = self.towers['width']
        self.top = {'tasks': tasks, 'inputWidth': tower_width}

    def shapes(self):
        blocks = {
            'input.0.': {'table': (self.tables * sum(self.input['sizes']), self.input['dim'])},
            'bottom.': self.bottom_block.shapes(self.bottom),
            'towers.': self.tower_block.shapes(self.towers),
            'top.': identity.shapes(self.top),
        }
        return {prefix + name: shape for prefix, found in blocks.items() for name, shape in found.items()}

    def forward(self, inputs, parameters):
        def of(prefix):
            return {
                name[len(prefix) :]: t for name, t in parameters.items() if name.startswith(prefix)
            }

        # The rows of one table after those of another; every one is read with the same codes.
        tables = of('input.0.')['table'].chunk(self.tables)
        x = torch.cat(
            [embedding.forward({'table': t}, inputs['ids'], inputs['numericals'], self.input) for t in tables], dim=1
        )
        b = self.bottom_block.forward(of('bottom.'), x, self.bottom)['b']
        towers = self.tower_block.forward(of('towers.'), b.repeat(1, self.repeat), self.towers)
        top = identity.forward(of('top.'), towers['t'], self.top)
        losses = ops.weighted_bce(
            top['logits'], inputs['labels'], inputs['weights'], inputs['positiveWeight']
        )
        return {
            'x': x,
            'b': b,
            **towers,
            **top,
            'losses': losses,
            'total': (inputs['lambda'] * losses).sum(),
        }


def train(model, inputs, parameters, optimizer, steps):
    """Adam on the same batch. Losses before each update and after the last; the parameters at the end."""
    leaves = {name: t.clone().requires_grad_(True) for name, t in parameters.items()}
    adam = torch.optim.Adam(
        list(leaves.values()),
        lr=optimizer['learningRate'],
        betas=(optimizer['beta1'], optimizer['beta2']),
        eps=optimizer['epsilon'],
        foreach=False,
    )
    totals, losses, gradients = [], [], []
    for _ in range(steps):
        adam.zero_grad()
        outputs = model.forward(inputs, leaves)
        outputs['total'].backward()
        totals.append(outputs['total'].detach())
        losses.append(outputs['losses'].detach())
        gradients.append({name: t.grad.clone() for name, t in leaves.items()})
        adam.step()
    with torch.no_grad():
        outputs = model.forward(inputs, leaves)
    totals.append(outputs['total'])
    losses.append(outputs['losses'])
    final = {name: t.detach() for name, t in leaves.items()}
    return torch.stack(totals), torch.stack(losses), final, gradients
