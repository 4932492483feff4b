"""Fixture cases of the balancers: three steps of plain gradient descent on one batch of a whole model."""

import copy

import torch

from balancers import Balancer
from cases_models import bottom, drawn_inputs, mlp, pipeline
from fixture import draw_parameters, drawn_case
from models import Model
from ops import Kinks

ABOUT = (
    'Balancers on Shared-Bottom + MLP + Identity: config.steps updates p -= config.learningRate * update on the same batch. '
    'Shared are the numbers of the embedding and the Bottom, by construction; towers and top follow lambda_k times their own '
    'task\'s gradient, or c_k times it where the balancer weighs losses. outputs.weights [steps, K] are c_k of a '
    'weighting, stepLosses [steps + 1, K] the losses before each update and after the last, and moved the sum of all '
    'updates, by parameter, after the name of the parameter. inputs.orders [steps, K, K-1], for those that meet the other '
    'tasks in a drawn order, are those tasks in the order in which each task meets them at each step.'
)

STEPS = 3
RATE = 0.125
IN_TURN = ('pcgrad', 'gradvac')
WEIGHTINGS = ('uwl', 'dwa', 'gradnorm')
CHOICES = [
    {'block': 'uwl', 'params': {'form': 'classification', 'rate': 0.05, 'start': 0}},
    {'block': 'uwl', 'params': {'form': 'regression', 'rate': 0.1, 'start': -0.5}},
    {'block': 'gradnorm', 'params': {'alpha': 1.5, 'rate': 0.025, 'warmup': 1}},
    {'block': 'dwa', 'params': {'window': 1, 'temperature': 2}},
    {'block': 'mgda', 'params': {'normalise': 'none'}},
    {'block': 'mgda', 'params': {'normalise': 'l2'}},
    {'block': 'mgda', 'params': {'normalise': 'loss'}},
    {'block': 'mgda', 'params': {'normalise': 'loss+'}},
    {'block': 'pe-ltr', 'params': {'floor': 0.5}},
    {'block': 'pcgrad', 'params': {}},
    {'block': 'gradvac', 'params': {'beta': 0.5}},
    {'block': 'cagrad', 'params': {'c': 0.5}},
    {'block': 'nash-mtl', 'params': {}},
]


def run(config, inputs, parameters):
    """Weights of each step, losses, and how far each parameter moved; None where a shared number has one task's gradient alone."""
    model, K = Model(config), config['tasks']
    balancer = Balancer(config['balancer'], K)
    lam = inputs['lambda']
    now = {name: t.clone() for name, t in parameters.items()}
    weights, losses = [], []
    told_apart = not ('orders' in inputs and K > 2)
    for step in range(STEPS):
        leaves = {name: t.clone().requires_grad_(True) for name, t in now.items()}
        each = model.forward(inputs, leaves)['losses']
        names = list(leaves)
        rows = [
            torch.autograd.grad(each[k], list(leaves.values()), retain_graph=True, allow_unused=True) for k in range(K)
        ]
        flat = {
            name: torch.stack([torch.zeros_like(leaves[name]) if r[i] is None else r[i] for r in rows])
            for i, name in enumerate(names)
        }
        shared = [name for name in names if name.startswith(('input', 'bottom'))]
        g = torch.cat([flat[name].reshape(K, -1) for name in shared], dim=1)
        reached = (g != 0).sum(dim=0)
        if (reached == 1).any():
            return None
        if (g.norm(dim=1) < 1e-4).any():
            return None
        unit = g / g.norm(dim=1, keepdim=True)
        # Gradients that nearly cancel magnify what float32 rounds off.
        if (unit @ unit.T).min() < -0.7:
            return None
        c = lam * balancer.weights()
        losses.append(each.detach())
        if balancer.id in WEIGHTINGS:
            weights.append(c)
            balancer.observe(each, leaves['bottom.layer2.W'])
            moves = {name: torch.einsum('k,k...->...', c, flat[name]) for name in names}
        else:
            moves = {name: torch.einsum('k,k...->...', lam, flat[name]) for name in names}
            orders = inputs['orders'][step].tolist() if 'orders' in inputs else None
            if not told_apart:
                turned = copy.deepcopy(balancer).direction(g, each.detach(), lam, [o[::-1] for o in orders])
            update, at = balancer.direction(g, each.detach(), lam, orders), 0
            if not told_apart:
                told_apart = ((turned - update).abs().max() > 1e-2 * update.abs().max()).item()
            for name in shared:
                size = leaves[name].numel()
                moves[name] = update[at : at + size].reshape(leaves[name].shape)
                at += size
        now = {name: now[name] - RATE * moves[name] for name in names}
    if not told_apart:
        # Another order would do as well, so that nothing would show whether the given one is heeded.
        return None
    with torch.no_grad():
        losses.append(model.forward(inputs, now)['losses'])
    outputs = {'stepLosses': torch.stack(losses)}
    if weights:
        outputs['weights'] = torch.stack(weights)
    moved = {f'moved {name}': (parameters[name] - now[name]) / RATE for name in parameters}
    return {**outputs, **moved}


def drawn_orders(K):
    """[STEPS, K, K-1]: at each step, for each task, the others in a drawn order."""
    others = lambda k: torch.tensor([j for j in range(K) if j != k])
    return torch.stack(
        [torch.stack([others(k)[torch.randperm(K - 1)] for k in range(K)]) for _ in range(STEPS)]
    )


def balancer_case(name, config):
    def build():
        inputs, parameters = drawn_inputs(config), draw_parameters(Model(config).shapes())
        if config['balancer']['block'] in IN_TURN:
            inputs['orders'] = drawn_orders(config['tasks'])
        Kinks.reset()
        outputs = run(config, inputs, parameters)
        if outputs is None or Kinks.margin < 1e-3:
            return None
        return {
            'name': name,
            'config': config,
            'inputs': inputs,
            'parameters': parameters,
            'outputs': outputs,
            'gradients': {},
        }

    return drawn_case(name, build, attempts=100_000)


def cases():
    made = []
    for tasks, batch in ((2, 7), (3, 9)):
        for choice in CHOICES:
            config = pipeline(tasks, batch, bottom('shared-bottom', [7, 5]), mlp([5]))
            config.update({'balancer': choice, 'steps': STEPS, 'learningRate': RATE})
            config.pop('optimizer')
            settings = ', '.join(str(v) for v in choice['params'].values())
            made.append(balancer_case(f'{choice["block"]} ({settings}), K {tasks}', config))
    return made
