"""Fixture cases of the Tops: predictions, the loss of every task, and the Top's own losses."""

import torch

from blocks import aitm, dbmtl, debiased, esm2, esmm, heads, logit_residual
from fixture import case, draw, draw_parameters, drawn_case

LAYOUT = (
    ' t [B, K·D_t], task k in columns k·D_t ... ; logits = log p - log(1 - p), logP = log p, log1mP = log(1 - p) of each '
    'event on an impression, [B, K]; losses [K] are L_k = (1/B) sum_i w_i (v_k y (-log p) + (1 - y)(-log(1 - p))), v = '
    'positiveWeight. config.parents: the tree of events; without it a chain. Gradients are those of sum(logits * G) + '
    'sum(logP * GLogP) + sum(log1mP * GLog1mP) + sum(losses * GLosses) + sum(auxiliary * GAuxiliary) with respect to '
    'every parameter and t.'
)

CONSTANT = ' config.stopGradient: propensities are held constant, so that finite differences do not see the gradient.'

ABOUT = {
    'esmm': 'ESMM: p_k is the product of the sigmoids of task k and the events before it.' + LAYOUT,
    'dpr': 'Descending Probability Regularizer: as ESMM, from one head that the tasks share.' + LAYOUT,
    'aitm': 'AITM: each task weighs its own vector against what its parent passes on; aitmWeights [B, N, 2] for the N '
    'tasks that have a parent; auxiliary is the calibrator, already times its weight.' + LAYOUT,
    'logit-residual': 'ResFlow logit residual: the logit of a task is its parent\'s plus a residual of its own '
    '(residualLogits, [B, K]); auxiliary is the loss of M1 or M2, already times its weight.' + LAYOUT,
    'dbmtl': 'DBMTL: relation nets along the edges of a network over the tasks, Lin -> [BN] -> ReLU in every layer.'
    + LAYOUT,
    'esm2': 'ESM2: click, action, purchase by way of the action or without it; stepLogits [B, 4].' + LAYOUT,
    'escm2-ipw': 'ESCM2 with inverse propensities; auxiliary is that loss, times its weight.' + CONSTANT + LAYOUT,
    'escm2-dr': 'ESCM2, doubly robust; auxiliary are the doubly robust and the imputation loss, times their weight.'
    + CONSTANT
    + LAYOUT,
    'dcmt': 'DCMT; auxiliary are the factual loss, the counterfactual one and the prior, times their weights; twinRates '
    '[B, 2·N] are r and r* of the N tasks that have a parent.' + CONSTANT + LAYOUT,
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


def top_case(module, tasks, batch, width_in, parents=None, biases=None, positives=True, note='', quiet=False, frozen=None, **options):
    """One case. `biases` replaces parameters by given numbers; `frozen` names what the module holds constant; a
    `quiet` case does not list its options in its name."""
    config = {'tasks': tasks, 'inputWidth': width_in, 'batch': batch, **options}
    if parents:
        config['parents'] = parents
    named = [] if quiet else [f'{key} {value}' for key, value in options.items()]
    parts = [f'K {tasks}', 'a tree' if parents else '', f'batch {batch}', f'width {width_in}', *named]
    parts += ['' if positives else 'no positive', note]
    name = ', '.join(part for part in parts if part)
    keys = {'labels', 'weights', 'positiveWeight'}

    def build():
        parameters = draw_parameters(module.shapes(config))
        for key, values in (biases or {}).items():
            parameters[key] = torch.tensor(values).double()
        inputs = {'t': draw((batch, tasks * width_in)), **loss_batch(config, batch, positives)}
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


def aitm_case(tasks, batch, width, inner, note='', **given):
    options = {
        'width': inner,
        'calibrator': 0.6,
        'reduction': 'mean',
        'projections': 'one',
        'bias': False,
        'attention': 'self',
        'information': 'relu',
        'batchNorm': False,
        'stopGradient': False,
        'head': 'linear',
        'headLayers': [4, 3],
        'dropout': 0,
    }
    settings = {key: given.pop(key) for key in options if key in given}
    label = ', '.join([note, *(f'{key} {value}' for key, value in settings.items())]).strip(', ')
    return top_case(
        aitm, tasks, batch, width, note=f'd {inner}' + (f', {label}' if label else ''), quiet=True,
        **given, **{**options, **settings},
    )


def aitm_cases():
    # Biases that let children be more probable than their parents, so that the calibrator has something to do.
    rising = {'c': [-0.5, 0.25, 0.75, 1.0]}
    up = lambda tasks: {'c': rising['c'][:tasks]}
    return [
        aitm_case(2, 5, 4, 4, biases=up(2)),
        aitm_case(3, 7, 5, 3, biases=up(3)),
        aitm_case(3, 5, 4, 4, biases=up(3), parents=TREE_3),
        aitm_case(4, 5, 3, 3, biases=up(4), parents=TREE_4),
        aitm_case(2, 1, 4, 4, biases=up(2)),
        aitm_case(2, 3, 3, 3, positives=False, biases=up(2)),
        aitm_case(3, 3, 2, 2, biases={'c': extreme(3)}, note='logits beyond ±80'),
        aitm_case(3, 5, 4, 4, biases=up(3), projections='step', bias=True),
        aitm_case(3, 5, 4, 3, biases=up(3), projections='entry', attention='full'),
        aitm_case(2, 5, 3, 3, biases=up(2), information='linear', reduction='sum', calibrator=0.3),
        aitm_case(3, 7, 4, 4, biases=up(3), batchNorm=True, projections='step'),
        aitm_case(2, 5, 3, 3, biases=up(2), calibrator=0, head='mlp'),
        aitm_case(3, 5, 3, 3, biases=up(3), stopGradient=True, frozen='sources'),
    ]


def residual_cases():
    plain = {'nonIncrease': 'none', 'weight': 0.1, 'space': 'entire'}
    of = lambda *given, **more: top_case(logit_residual, *given, **{**plain, **more})
    return [
        of(2, 5, 3),
        of(3, 7, 5),
        of(3, 5, 3, parents=TREE_3),
        of(4, 3, 3, parents=TREE_4),
        of(2, 1, 4),
        of(2, 3, 3, positives=False),
        of(3, 3, 2, biases={'c': [88.0, -170.0, 165.0]}, note='logits beyond ±80'),
        of(2, 5, 3, nonIncrease='M1', weight=0.5),
        of(4, 7, 3, parents=TREE_4, nonIncrease='M1', weight=0.5),
        of(2, 5, 3, nonIncrease='M2'),
        of(4, 7, 3, parents=TREE_4, nonIncrease='M2'),
        of(2, 5, 3, nonIncrease='M3'),
        of(4, 7, 3, parents=TREE_4, nonIncrease='M3'),
        of(3, 5, 3, space='conditional'),
    ]


def dbmtl_cases():
    plain = {'layers': [3], 'edges': 'parents', 'rootNet': True, 'batchNorm': False, 'dropout': 0}
    of = lambda *given, **more: top_case(dbmtl, *given, **{**plain, **more})
    return [
        of(2, 5, 3),
        of(3, 7, 5, layers=[4, 3]),
        of(3, 5, 3, parents=TREE_3, layers=[5]),
        of(3, 5, 3, edges='ancestors', layers=[5]),
        of(4, 5, 3, parents=TREE_4, edges='earlier', layers=[4]),
        of(4, 5, 3, parents=TREE_4, edges='ancestors', layers=[4], rootNet=False),
        of(2, 1, 4, layers=[6]),
        of(2, 3, 3, positives=False, layers=[5]),
        of(3, 3, 2, biases={f'task{k + 1}.c': [c] for k, c in enumerate(extreme(3))}, note='logits beyond ±80', layers=[6]),
        of(2, 7, 3, batchNorm=True, layers=[4]),
    ]


def esm2_cases():
    # The purchase may skip the action, so its parent is the click.
    of = lambda batch, width, **more: top_case(esm2, 3, batch, width, parents=[None, 0, 0], **more)
    certain = {'c': extreme(3), 'c4': [85.0]}
    return [
        of(5, 3),
        of(7, 5),
        of(1, 4),
        of(3, 3, positives=False),
        of(3, 2, biases=certain, note='logits beyond ±80'),
        of(3, 2, biases={'c': [-84.0, 84.0, -84.0], 'c4': [84.0]}, note='logits beyond ±80, the other way'),
    ]


def debiased_cases(form, **plain):
    plain = {'form': form, 'weight': 0.5, 'floor': '0.001', 'cap': 15, 'stopGradient': True, **plain}

    def of(*given, note='', parents=None, biases=None, positives=True, **more):
        label = ', '.join([note, *(f'{key} {value}' for key, value in more.items())]).strip(', ')
        kept = {'parents': parents, 'biases': biases, 'positives': positives}
        return top_case(
            debiased, *given, note=label, quiet=True, frozen='propensities', **kept, **{**plain, **more}
        )

    rare = {'c': [-3.0, -2.0, -1.0]}
    return [
        of(2, 5, 3),
        of(3, 7, 5),
        of(3, 5, 3, parents=TREE_3),
        of(4, 5, 3, parents=TREE_4),
        of(2, 1, 4),
        of(2, 3, 3, positives=False),
        of(3, 5, 3, biases=rare, note='rare events', cap=0),
        of(3, 5, 3, biases=rare, note='rare events', cap=3),
        of(2, 3, 2, biases={'c': [-84.0, 84.0]}, note='logits beyond ±80', floor='0.01'),
    ] + ([of(3, 7, 3, normalise=True)] if form == 'dcmt' else [])


CASES = {
    'esmm': lambda: esmm_cases('own'),
    'dpr': lambda: esmm_cases('shared'),
    'aitm': aitm_cases,
    'logit-residual': residual_cases,
    'dbmtl': dbmtl_cases,
    'esm2': esm2_cases,
    'escm2-ipw': lambda: debiased_cases('escm2-ipw'),
    'escm2-dr': lambda: debiased_cases('escm2-dr'),
    'dcmt': lambda: debiased_cases('dcmt', prior=0.125, normalise=False),
}


def cases():
    return {block: make() for block, make in CASES.items()}
