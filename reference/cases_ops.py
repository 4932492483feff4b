"""Fixture cases of the operations: small odd sizes, batch 1 among them."""

import torch

import ops
from fixture import case, draw, drawn_case, seed_of

ABOUT = (
    'Operations. Gradients are those of sum(output * G), the output being the one that the case names in '
    'config.differentiates (weightedBce: of sum_k lambda_k L_k). Layout: groups, tasks and tokens lie side by '
    'side in columns. batchNorm normalises with the biased variance of the batch; runningVariance follows the '
    'UNBIASED variance (as torch does), runningVarianceBiased the biased one; with a batch of 1 the unbiased '
    'variance does not exist, and runningVariance is left out. new = (1 - momentum) * old + momentum * batch. '
    'Optimisers: steps[s] is the vector after s + 1 updates; Adam and SGD add weightDecay * vector to the '
    'gradient, AdamW shrinks the vector by learningRate * weightDecay first. clip: every gradient times '
    'min(1, limit / norm), one norm over all of them, no epsilon.'
)


def op_case(name, config, inputs, parameters, forward, wrt, primary, snap=True):
    """A case whose scalar is sum(primary output * G), with a drawn cotangent G."""
    rows = {**inputs, **parameters}
    shape = forward(rows)[primary].shape
    inputs = {**inputs, 'G': draw(tuple(shape))}

    def compute(i, p):
        outputs = forward({**i, **p})
        return outputs, (outputs[primary] * i['G']).sum()

    return case(name, {**config, 'differentiates': primary}, inputs, parameters, compute, wrt, snap=snap)


def dense(batch, width_in, width_out):
    name = f'dense {batch}x{width_in} -> {width_out}'

    def build():
        return op_case(
            name,
            {'op': 'dense', 'batch': batch, 'in': width_in, 'out': width_out},
            {'x': draw((batch, width_in))},
            {'W': draw((width_in, width_out)), 'b': draw((width_out,))},
            lambda v: {'y': ops.dense(v['x'], v['W'], v['b'])},
            ['x', 'W', 'b'],
            'y',
        )

    return drawn_case(name, build)


def grouped_dense(batch, groups, width_in, width_out):
    name = f'groupedDense {batch}x({groups}*{width_in}) -> {groups}*{width_out}'

    def build():
        return op_case(
            name,
            {'op': 'groupedDense', 'batch': batch, 'groups': groups, 'in': width_in, 'out': width_out},
            {'x': draw((batch, groups * width_in))},
            {'W': draw((groups, width_in, width_out)), 'b': draw((groups * width_out,))},
            lambda v: {'y': ops.grouped_dense(v['x'], v['W'], v['b'])},
            ['x', 'W', 'b'],
            'y',
        )

    return drawn_case(name, build)


def embed(rows, dim, ids):
    ids = torch.tensor(ids, dtype=torch.int64)
    name = f'embed {rows}x{dim}, ids {ids.shape[0]}x{ids.shape[1]}'

    def build():
        return op_case(
            name,
            {'op': 'embed', 'rows': rows, 'dim': dim, 'batch': ids.shape[0], 'columns': ids.shape[1]},
            {'ids': ids},
            {'table': draw((rows, dim))},
            lambda v: {'y': ops.embed(v['table'], v['ids'])},
            ['table'],
            'y',
        )

    return drawn_case(name, build)


def gate_mix(batch, groups, experts, width):
    name = f'gateMix batch {batch}, {groups} groups, {experts} experts of {width}'

    def forward(v):
        mix, gates = ops.gate_mix(v['logits'], v['experts'], groups)
        return {'mix': mix, 'gates': gates}

    def build():
        return op_case(
            name,
            {'op': 'gateMix', 'batch': batch, 'groups': groups, 'experts': experts, 'width': width},
            {'logits': draw((batch, groups * experts), 1.5), 'experts': draw((batch, experts * width))},
            {},
            forward,
            ['logits', 'experts'],
            'mix',
        )

    return drawn_case(name, build)


def attention(batch, tokens, width, heads, causal):
    mask = 'causal' if causal else 'none'
    name = f'attention batch {batch}, {tokens} tokens of {width}, {heads} heads, mask {mask}'

    def forward(v):
        context, A = ops.attention(v['h'], v['Wqkv'], heads, causal)
        return {'context': context, 'attention': A}

    def build():
        return op_case(
            name,
            {
                'op': 'attention',
                'batch': batch,
                'tokens': tokens,
                'width': width,
                'heads': heads,
                'causal': causal,
            },
            {'h': draw((batch, tokens * width))},
            {'Wqkv': draw((width, 3 * width), 0.7)},
            forward,
            ['h', 'Wqkv'],
            'context',
        )

    return drawn_case(name, build)


def layer_norm(batch, tokens, width):
    name = f'layerNorm {batch}x({tokens}*{width})'

    def build():
        return op_case(
            name,
            {'op': 'layerNorm', 'batch': batch, 'tokens': tokens, 'width': width, 'epsilon': ops.EPSILON},
            {'x': draw((batch, tokens * width), 1.5, 0.5)},
            {'gamma': draw((width,), 0.3, 1.0), 'beta': draw((width,), 0.3)},
            lambda v: {'y': ops.layer_norm(v['x'], v['gamma'], v['beta'])},
            ['x', 'gamma', 'beta'],
            'y',
        )

    return drawn_case(name, build)


def batch_norm(batch, width, training):
    mode = 'training' if training else 'evaluation'
    name = f'batchNorm {mode} {batch}x{width}'
    momentum = 0.1

    def forward(v):
        if not training:
            y = ops.batch_norm_inference(
                v['x'], v['gamma'], v['beta'], v['runningMean'], v['runningVariance']
            )
            return {'y': y}
        mean, unbiased, biased = ops.batch_norm_running(
            v['x'], v['runningMean'], v['runningVariance'], momentum
        )
        outputs = {'y': ops.batch_norm(v['x'], v['gamma'], v['beta']), 'runningMean': mean}
        if unbiased is not None:
            outputs['runningVariance'] = unbiased
        outputs['runningVarianceBiased'] = biased
        return outputs

    def build():
        return op_case(
            name,
            {
                'op': 'batchNorm',
                'training': training,
                'batch': batch,
                'width': width,
                'epsilon': ops.EPSILON,
                'momentum': momentum,
            },
            {
                'x': draw((batch, width), 1.5, 0.5),
                'runningMean': draw((width,), 0.5),
                'runningVariance': draw((width,), 0.5).abs() + 0.5,
            },
            {'gamma': draw((width,), 0.3, 1.0), 'beta': draw((width,), 0.3)},
            forward,
            ['x', 'gamma', 'beta'],
            'y',
        )

    return drawn_case(name, build)


def gru_cell(batch, width_in, size):
    name = f'gruCell batch {batch}, {width_in} -> {size}'

    def build():
        return op_case(
            name,
            {'op': 'gruCell', 'batch': batch, 'in': width_in, 'hidden': size},
            {'x': draw((batch, width_in)), 'h': draw((batch, size), 0.7)},
            {
                'W': draw((width_in, 3 * size)),
                'U': draw((size, 3 * size)),
                'b': draw((3 * size,), 0.5),
            },
            lambda v: {'y': ops.gru_cell(v['x'], v['h'], v['W'], v['U'], v['b'])},
            ['x', 'h', 'W', 'U', 'b'],
            'y',
        )

    return drawn_case(name, build)


def weighted_bce(batch, tasks, extreme=False):
    name = f'weightedBce {batch}x{tasks}' + (', logits of ±80' if extreme else '')

    def compute(i, p):
        losses = ops.weighted_bce(i['logits'], i['labels'], i['weights'], i['positiveWeight'])
        total = (i['lambda'] * losses).sum()
        return {'losses': losses, 'total': total}, total

    def build():
        logits = draw((batch, tasks), 2.0)
        labels = (torch.rand(batch, tasks, dtype=torch.float64) < 0.4).double()
        labels[0, 0] = 1.0
        weights = torch.tensor([1.0, 0.0, 0.25, 1.5, 0.625, 1.0, 0.0, 2.0, 0.75])[:batch].double()
        if extreme:
            for row, value in enumerate((80.0, -80.0, 80.0, -80.0)):
                logits[row] = value
                labels[row] = 1.0 if row < 2 else 0.0
            weights[:4] = torch.tensor([0.75, 1.0, 0.5, 1.25])
        positive_weight = torch.tensor([1.0, 12.5, 100.0, 3.0, 500.0])[:tasks].double()
        loss_weight = torch.tensor([1.0, 0.5, 2.0, 0.0, 0.25])[:tasks].double()
        if batch == 1:
            weights = torch.tensor([0.625], dtype=torch.float64)
        return case(
            name,
            {'op': 'weightedBce', 'batch': batch, 'tasks': tasks, 'differentiates': 'total'},
            {
                'logits': logits,
                'labels': labels,
                'weights': weights,
                'positiveWeight': positive_weight,
                'lambda': loss_weight,
            },
            {},
            compute,
            ['logits'],
            snap=False,
        )

    return drawn_case(name, build)


def optimiser(kind, weight_decay, size=7, steps=5):
    name = f'{kind}, weight decay {weight_decay:g}'
    torch.manual_seed(seed_of(name))
    rate = 0.1 if kind == 'sgd' else 0.03125
    start = draw((size,))
    gradients = draw((steps, size), 0.5)
    gradients[:, 2] = 0.0
    gradients[1:, 4] = 0.0
    gradients[:, 5] /= 2**17
    vector = start.clone().requires_grad_(True)
    config = {
        'op': 'optimizer',
        'optimizer': kind,
        'learningRate': rate,
        'weightDecay': weight_decay,
        'steps': steps,
    }
    if kind == 'sgd':
        chosen = torch.optim.SGD([vector], lr=rate, weight_decay=weight_decay, foreach=False)
    else:
        config.update({'beta1': 0.9, 'beta2': 0.999, 'epsilon': 1e-8})
        build = torch.optim.AdamW if kind == 'adamw' else torch.optim.Adam
        chosen = build(
            [vector], lr=rate, betas=(0.9, 0.999), eps=1e-8, weight_decay=weight_decay, foreach=False
        )
    after = []
    for gradient in gradients:
        vector.grad = gradient.clone()
        chosen.step()
        after.append(vector.detach().clone())
    return {
        'name': name,
        'config': config,
        'inputs': {'vector': start, 'gradients': gradients},
        'parameters': {},
        'outputs': {'steps': torch.stack(after)},
        'gradients': {},
    }


def clip(name, limit, tensors):
    clipped, norm = ops.clip_by_global_norm(list(tensors.values()), limit)
    return {
        'name': f'clip, {name}',
        'config': {'op': 'clip', 'limit': limit},
        'inputs': tensors,
        'parameters': {},
        'outputs': {'norm': norm, **dict(zip(tensors, clipped))},
        'gradients': {},
    }


def clips():
    torch.manual_seed(seed_of('clip'))
    a, b, c = draw((3, 5)), draw((7,)), draw((1,))
    zeros = {'a': torch.zeros(2, 3, dtype=torch.float64), 'b': torch.zeros(5, dtype=torch.float64)}
    return [
        clip('norm above the limit', 0.5, {'a': a, 'b': b, 'c': c}),
        clip('norm below the limit', 100.0, {'a': a, 'b': b}),
        clip('all gradients zero', 1.0, zeros),
    ]



def cases():
    return [
        dense(5, 3, 7),
        dense(1, 4, 2),
        dense(3, 1, 1),
        grouped_dense(5, 3, 4, 2),
        grouped_dense(1, 2, 3, 5),
        grouped_dense(7, 1, 2, 3),
        embed(6, 3, [[0, 3], [0, 3], [2, 5], [5, 5], [0, 4]]),
        embed(9, 1, [[8, 0, 8, 3]]),
        embed(4, 5, [[1], [1], [3]]),
        gate_mix(5, 2, 3, 4),
        gate_mix(1, 3, 2, 5),
        gate_mix(7, 1, 4, 3),
        attention(5, 2, 6, 1, False),
        attention(3, 2, 6, 2, True),
        attention(1, 3, 4, 2, False),
        attention(3, 3, 8, 4, True),
        attention(3, 5, 8, 4, False),
        attention(1, 5, 4, 1, True),
        layer_norm(5, 3, 4),
        layer_norm(1, 2, 7),
        layer_norm(3, 1, 5),
        batch_norm(5, 3, True),
        batch_norm(7, 4, True),
        batch_norm(1, 3, True),
        batch_norm(5, 3, False),
        gru_cell(5, 3, 4),
        gru_cell(1, 2, 3),
        gru_cell(3, 5, 1),
        weighted_bce(9, 3),
        weighted_bce(1, 2),
        weighted_bce(7, 5, extreme=True),
        optimiser('adam', 0.0),
        optimiser('adam', 0.0625),
        optimiser('adamw', 0.0625),
        optimiser('sgd', 0.0),
        optimiser('sgd', 0.0625),
        *clips(),
    ]
