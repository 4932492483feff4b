"""How a fixture case is drawn, computed, checked and written."""

import json
import zlib

import torch

from ops import Kinks

GRID = 256
SNAP = 1e-13
MARGIN = 1e-4


def seed_of(name, attempt=0):
    return zlib.crc32(name.encode()) % 2**31 + attempt


def draw(shape, scale=1.0, centre=0.0):
    """Normal numbers on a grid of 1/256: short in decimals, and exact in float32 as in float64."""
    raw = torch.randn(*shape, dtype=torch.float64) * scale + centre
    return torch.round(raw * GRID) / GRID


def draw_parameters(shapes):
    """Weights of about 1/sqrt(fan-in); scales around 1; biases and shifts around 0, none of them 0 by design."""
    drawn = {}
    for name, shape in shapes.items():
        last = name.split('.')[-1]
        if last == 'gamma':
            drawn[name] = draw(shape, 0.3, 1.0)
        elif len(shape) == 1:
            drawn[name] = draw(shape, 0.3)
        elif last in ('T', 'table', 'w'):
            drawn[name] = draw(shape, 0.8)
        else:
            drawn[name] = draw(shape, 1.2 / shape[-2] ** 0.5)
    return drawn


def number(value, exact):
    if isinstance(value, int):
        return str(value)
    if value == int(value):
        return str(int(value))
    return repr(value) if exact else f'{value:.9g}'


def tensor_text(tensor, exact):
    """Given numbers as they are; computed ones to 9 significant digits."""
    shape = ', '.join(str(n) for n in tensor.shape)
    data = ','.join(number(v, exact) for v in tensor.detach().reshape(-1).tolist())
    return f'{{ "shape": [{shape}], "data": [{data}] }}'


def group_text(tensors, indent, exact):
    if not tensors:
        return '{}'
    pad = ' ' * (indent + 2)
    lines = [f'{pad}"{name}": {tensor_text(tensor, exact)}' for name, tensor in tensors.items()]
    return '{\n' + ',\n'.join(lines) + '\n' + ' ' * indent + '}'


def write(path, name, about, cases):
    """One tensor a line, so that a change shows as one line."""
    parts = []
    for case in cases:
        fields = [f'      "name": {json.dumps(case["name"])}', f'      "config": {json.dumps(case["config"])}']
        for key in ('inputs', 'parameters', 'outputs', 'gradients', 'final'):
            if key in case:
                fields.append(f'      "{key}": {group_text(case[key], 6, key in ("inputs", "parameters"))}')
        parts.append('    {\n' + ',\n'.join(fields) + '\n    }')
    text = (
        '{\n'
        + f'  "name": {json.dumps(name)},\n'
        + f'  "about": {json.dumps(about, ensure_ascii=False)},\n'
        + '  "cases": [\n'
        + ',\n'.join(parts)
        + '\n  ]\n}\n'
    )
    json.loads(text)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding='utf-8')


def cast(tensors, dtype):
    return {name: t.to(dtype) if t.is_floating_point() else t for name, t in tensors.items()}


def run(compute, inputs, parameters, wrt):
    """Outputs, the scalar that is differentiated, and its gradients with respect to `wrt`."""
    everything = {**inputs, **parameters}
    leaves = {name: everything[name].clone().requires_grad_(True) for name in wrt}
    i = {name: leaves.get(name, t) for name, t in inputs.items()}
    p = {name: leaves.get(name, t) for name, t in parameters.items()}
    outputs, loss = compute(i, p)
    found = torch.autograd.grad(loss, list(leaves.values()), allow_unused=True)
    gradients = {
        name: torch.zeros_like(everything[name]) if g is None else g for name, g in zip(leaves, found)
    }
    return {name: t.detach() for name, t in outputs.items()}, loss.detach(), gradients


def gradcheck(compute, inputs, parameters, wrt):
    """torch.autograd.gradcheck: the gradients against finite differences, in float64."""
    everything = {**inputs, **parameters}
    leaves = [everything[name].clone().requires_grad_(True) for name in wrt]

    def scalar(*values):
        given = dict(zip(wrt, values))
        i = {name: given.get(name, t) for name, t in inputs.items()}
        p = {name: given.get(name, t) for name, t in parameters.items()}
        return compute(i, p)[1]

    assert torch.autograd.gradcheck(scalar, leaves, eps=1e-6, atol=1e-6, rtol=1e-5)


def deviation(reference, other):
    """Largest difference, relative to the largest value of the tensor (or to 1, if that is smaller)."""
    if reference.numel() == 0:
        return 0.0
    scale = max(1.0, reference.abs().max().item())
    return (reference - other.double()).abs().max().item() / scale


class Report:
    """What float32 makes of the same modules: the accuracy that a float32 port can be held to."""

    rows = []


def alive(name, gradient, parameters):
    """Whether enough of a gradient is not 0. A bias before batch norm and an unused table row have none."""
    if name.endswith('.b') and f'{name[:-2]}.gamma' in parameters:
        return True
    share = (gradient.abs() > SNAP).double().mean().item()
    return share >= (0.2 if name.endswith('table') else 0.45)


def case(name, config, inputs, parameters, compute, wrt, snap=True, moving=None):
    """Computes one case; None if a ReLU input is too close to its kink, or too many units are dead.

    Where `compute` holds something constant that depends on the inputs (a stop-gradient), finite differences see it
    move; `moving` is then the same computation with that something given, whose gradients must be the same.
    """
    Kinks.reset()
    outputs, _, gradients = run(compute, inputs, parameters, wrt)
    if Kinks.margin < MARGIN:
        return None
    if config.get('layers') and not all(alive(key, g, parameters) for key, g in gradients.items()):
        return None
    gradcheck(moving or compute, inputs, parameters, wrt)
    if moving:
        _, _, same = run(moving, inputs, parameters, wrt)
        assert all(torch.allclose(gradients[key], same[key], rtol=1e-12, atol=1e-13) for key in wrt)
    single, _, single_gradients = run(
        compute, cast(inputs, torch.float32), cast(parameters, torch.float32), wrt
    )
    forward = max(deviation(t, single[key]) for key, t in outputs.items())
    backward = max([deviation(t, single_gradients[key]) for key, t in gradients.items()] + [0.0])
    Report.rows.append((name, forward, backward))
    if snap:
        gradients = {
            key: torch.where(t.abs() < SNAP, torch.zeros_like(t), t) for key, t in gradients.items()
        }
    return {
        'name': name,
        'config': config,
        'inputs': inputs,
        'parameters': parameters,
        'outputs': outputs,
        'gradients': gradients,
    }


def drawn_case(name, build, attempts=1000):
    """Draws with a seed made from the name; draws again while a ReLU input sits on its kink."""
    for attempt in range(attempts):
        torch.manual_seed(seed_of(name, attempt))
        made = build()
        if made is not None:
            return made
    raise AssertionError(f'{name}: no draw keeps away from the kinks')
