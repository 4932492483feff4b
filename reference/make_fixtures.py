"""Writes every fixture anew: python reference/make_fixtures.py [ops] [blocks] [models] [balancers] [blocks/ID]."""

import pathlib
import sys

import torch

import cases_balancers
import cases_blocks
import cases_bottoms
import cases_inputs
import cases_models
import cases_ops
import cases_tops
import cases_towers
import checks
from fixture import Report, write

HERE = pathlib.Path(__file__).resolve().parent / 'fixtures'


def main(wanted):
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    checks.all_ops()
    checks.all_blocks()
    if 'ops' in wanted:
        write(HERE / 'ops.json', 'ops', cases_ops.ABOUT, cases_ops.cases())
    for group in (cases_blocks, cases_inputs, cases_towers, cases_tops):
        if 'blocks' in wanted or any(f'blocks/{block}' in wanted for block in group.ABOUT):
            for block, cases in group.cases().items():
                if 'blocks' in wanted or f'blocks/{block}' in wanted:
                    write(HERE / 'blocks' / f'{block}.json', block, group.ABOUT[block], cases)
    for block, cases in cases_bottoms.cases().items():
        if 'blocks' in wanted or f'blocks/{block}' in wanted:
            about = cases_bottoms.ABOUT[block] + cases_bottoms.LAYOUT
            write(HERE / 'blocks' / f'{block}.json', block, about, cases())
    if 'models' in wanted:
        write(HERE / 'models.json', 'models', cases_models.ABOUT, cases_models.cases())
    if 'models' in wanted or 'models/bottoms' in wanted:
        write(HERE / 'models-bottoms.json', 'models', cases_bottoms.MODELS_ABOUT, cases_bottoms.models())
    if 'balancers' in wanted:
        write(HERE / 'balancers.json', 'balancers', cases_balancers.ABOUT, cases_balancers.cases())
    for name, forward, backward in Report.rows:
        print(f'{name:70s} float32: outputs {forward:.1e}, gradients {backward:.1e}')
    for path in sorted(HERE.rglob('*.json')):
        print(f'{path.relative_to(HERE)} {path.stat().st_size / 1024:.0f} KB')


if __name__ == '__main__':
    main(sys.argv[1:] or ['ops', 'blocks', 'models', 'balancers'])
