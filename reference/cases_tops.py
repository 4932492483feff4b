"""Fixture cases of the Tops: predictions, the loss of every task, and the Top's own losses."""

import torch

from blocks import esmm, heads
from fixture import case, draw, draw_parameters, drawn_case

LAYOUT = (
    ' t [B, K·D_t], task k in columns k·D_t ... ; logits = log p - log(1 - p), logP = log p, log1mP = log(1 - p) of each '
    'event on an impression, [B, K]; losses [K] are L_k = (1/B) sum_i w_i (v_k y (-log p) + (1 - y)(-log(1 - p))), v = '
    'positiveWeight. config.parents: the tree of events; without it a chain. Gradients are those of sum(logits * G) + '
    'sum(logP * GLogP) + sum(log1mP * GLog1mP) + sum(losses * GLosses) + sum(auxiliary * GAuxiliary) with respect to '
    'every parameter and t.'
)

ABOUT = {
    'esmm': 'ESMM: p_k is the product of the sigmoids of task k and the events before it.' + LAYOUT,
    'dpr': 'Descending Probability Regularizer: as ESMM, from one head that the tasks share.' + LAYOUT,
}

TREE_3 = [None, 0, 0]
TREE_4 = [None, 0, 1, 0]


def tree_labels(batch, tree):
    """An event happens only where its parent did; each event happens and fails at least once, if the batch allows."""
    columns = []
    for k, parent in enumerate(tree):
        happened = (torch.rand(batch) < 0.7).double()
        columns.append(happened if parent is None else happened * columns[parent])
    return torch.stack(columns, dim=1)


def loss_batch(config, batch, positives):
    tasks = config['tasks']
    labels = tree_labels(batch, heads.parents(config))
    if not positives:
        labels = torch.zeros_like(labels)
    return {
        'labels': labels,
        'weights': torch.tensor([1.0, 0.5, 1.75, 0.0, 1.0, 1.25, 0.25])[:batch].double(),
        'positiveWeight': torch.tensor([1.0, 2.5, 6.0, 1.5])[:tasks].double(),
    }


def top_case(module, tasks, batch, width, parents=None, biases=None, positives=True, note='', frozen=None, **options):
    """One case. `biases` replaces parameters by given numbers; `frozen` names what the module holds constant."""
    config = {'tasks': tasks, 'inputWidth': width, 'batch': batch, **options}
    if parents:
        config['parents'] = parents
    named = [f'{key} {value}' for key, value in options.items()]
    parts = [f'K {tasks}', 'a tree' if parents else '', f'batch {batch}', f'width {width}', *named]
    parts += ['' if positives else 'no positive', note]
    name = ', '.join(part for part in parts if part)
    keys = {'labels', 'weights', 'positiveWeight'}

    def build():
        parameters = draw_parameters(module.shapes(config))
        for key, values in (biases or {}).items():
            parameters[key] = torch.tensor(values).double()
        inputs = {'t': draw((batch, tasks * width)), **loss_batch(config, batch, positives)}
        inputs.update({key: draw((batch, tasks)) for key in ('G', 'GLogP', 'GLog1mP')})
        inputs['GLosses'] = draw((tasks,))
        own = module.forward(parameters, inputs['t'], config, inputs).get('auxiliary')
        if own is not None:
            inputs['GAuxiliary'] = draw(tuple(own.shape))

        def differentiate(i, p, **given):
            batch_of = {key: i[key] for key in keys}
            outputs = module.forward(p, i['t'], config, batch_of, **given)
            outputs['losses'] = heads.losses(outputs, batch_of)
            pairs = {'G': 'logits', 'GLogP': 'logP', 'GLog1mP': 'log1mP', 'GLosses': 'losses'}
            if own is not None:
                pairs['GAuxiliary'] = 'auxiliary'
            return outputs, sum((outputs[key] * i[G]).sum() for G, key in pairs.items())

        moving = None
        if frozen:
            constant = getattr(module, frozen)(parameters, inputs['t'], config)
            moving = lambda i, p: differentiate(i, p, **{frozen: constant})
        return case(name, config, inputs, parameters, differentiate, ['t', *parameters], moving=moving)

    return drawn_case(name, build)


def extreme(tasks):
    return [88.0, -88.0, 86.5, -87.0][:tasks]


def esmm_cases(head):
    return [
        top_case(esmm, 2, 5, 3, head=head),
        top_case(esmm, 3, 7, 5, head=head),
        top_case(esmm, 3, 5, 3, parents=TREE_3, head=head),
        top_case(esmm, 4, 3, 3, parents=TREE_4, head=head),
        top_case(esmm, 2, 1, 4, head=head),
        top_case(esmm, 2, 3, 3, positives=False, head=head),
        top_case(esmm, 3, 3, 2, biases={'c': extreme(3)}, note='logits beyond ±80', head=head),
        top_case(esmm, 3, 3, 2, biases={'c': [84.0, 84.0, 84.0]}, note='all nearly certain', head=head),
    ]


def cases():
    return {
        'esmm': esmm_cases('own'),
        'dpr': esmm_cases('shared'),
    }
