/** The compatibility table of docs/BLOCKS.md: what the rules say about every two blocks put together, found by putting them together. */
import { CATALOG } from '../../src/blocks/catalog';
import { findings } from '../../src/pipeline/compat';
import { blockWith, defaultPipeline } from '../../src/pipeline/defaults';
import type { Pipeline } from '../../src/pipeline/schema';
import { placeFor, withBlock } from '../../src/pipeline/slots';
import type { BlockSpec, Finding, Pillar } from '../../src/pipeline/spec';
import { markdownTable } from './markdown';

/** A chain of three tasks at equal weights, and blocks about which nothing is to be said. */
function neutral(): Pipeline {
  const base = defaultPipeline();
  const [click, purchase] = base.tasks;
  const cart = { ...purchase!, id: 'cart', label: 'add to cart', metric: 'CTATC' };
  return {
    ...base,
    towers: blockWith('tower', 'mlp'),
    tasks: [click!, cart, { ...purchase!, parent: 'cart' }].map((t) => ({ ...t, lossWeight: 1 })),
  };
}

const put = (p: Pipeline, spec: BlockSpec) =>
  withBlock(p, spec.pillar, blockWith(spec.pillar, spec.id), placeFor(p, spec.pillar, spec.id));

/** Findings about blocks, without the advice on loss weights that goes with them. */
const about = (p: Pipeline): Finding[] => findings(p).filter((f) => !f.where.startsWith('tasks.'));

/** What is said of two blocks together and of neither by itself. */
function together(a: BlockSpec, b: BlockSpec): Finding[] {
  const base = neutral();
  const known = new Set([...about(put(base, a)), ...about(put(base, b))].map((f) => f.reason));
  return about(put(put(base, a), b)).filter((f) => !known.has(f.reason));
}

const VERDICT = { error: 'refused', warning: 'poor or pointless' } as const;

export function compatibilityText(): string {
  const pillars: readonly Pillar[] = ['input', 'bottom', 'tower', 'top', 'balancer'];
  const rows: string[][] = [];
  pillars.forEach((first, i) => {
    for (const second of pillars.slice(i + 1)) {
      for (const a of CATALOG[first] as readonly BlockSpec[]) {
        for (const b of CATALOG[second] as readonly BlockSpec[]) {
          for (const { level, reason } of together(a, b)) {
            rows.push([`${a.title} + ${b.title}`, VERDICT[level], reason]);
          }
        }
      }
    }
  });
  const alone = pillars.flatMap((pillar) =>
    (CATALOG[pillar] as readonly BlockSpec[]).flatMap((spec) => {
      const known = new Set(about(neutral()).map((f) => f.reason));
      const found = about(put(neutral(), spec)).filter((f) => !known.has(f.reason));
      const needs = (spec.needs ?? []).map((need) => NEEDS[need]);
      return [
        ...needs.map((need) => [spec.title, 'refused', need]),
        ...found.map(({ level, reason }) => [spec.title, VERDICT[level], reason]),
      ];
    }),
  );
  return `
## What goes with what

Any Bottom goes with any Towers, any Top and any Balancer, except for what follows. It is what the rules say of two blocks at
their defaults, on click → cart → purchase at equal loss weights; settings have rules of their own, which the inspector shows.
A pipeline has one Top, so that ESMM and the logit residual cannot meet: together they were worse than ESMM alone behind feature
residuals (CTCVR AUC .896 and .899 on AE-RU, Fu et al. 2024, Table 5).

${markdownTable(['Blocks', 'Verdict', 'Why'], [...rows, ...alone]).trimEnd()}
`;
}

const NEEDS = {
  country: 'Where the data have no country column.',
  sides: 'Where the data mark no feature as the user’s or none as the item’s.',
} as const;
