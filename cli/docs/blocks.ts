/** docs/BLOCKS.md: every block of the catalog, from its own spec. */
import { CATALOG } from '../../src/blocks/catalog';
import type { BlockSpec, HyperParam, Pillar } from '../../src/pipeline/spec';
import { compatibilityText } from './compat';
import { code, markdownTable, math, mathBlock } from './markdown';

/** The pillars in the order in which data flows, and what each is for. */
export const PILLARS: readonly { pillar: Pillar; title: string; about: string }[] = [
  { pillar: 'input', title: 'Inputs', about: 'From features to $`x`$.' },
  { pillar: 'bottom', title: 'Bottoms', about: 'From $`x`$ to one vector $`b_k`$ for each task.' },
  { pillar: 'tower', title: 'Towers', about: 'From $`b`$ to what each task’s Top receives, $`t_k`$.' },
  {
    pillar: 'top',
    title: 'Tops',
    about: 'From $`t`$ to the probability of each event on an impression.',
  },
  { pillar: 'balancer', title: 'Balancers', about: 'From the tasks’ losses to one update.' },
];

export function blocksText(): string {
  const head = `# Blocks

What can be put where, from the blocks' own descriptions. Their weights are in [WEIGHTS.md](WEIGHTS.md).
This page is written by \`npm run docs\`; change a block's \`spec.ts\` instead.
`;
  const pillars = PILLARS.map(({ pillar, title, about }) => pillarText(pillar, title, about)).join('');
  return head + pillars + compatibilityText();
}

function pillarText(pillar: Pillar, title: string, about: string): string {
  const specs: readonly BlockSpec[] = CATALOG[pillar];
  return `\n## ${title}\n\n${about}\n${specs.map(blockText).join('')}`;
}

function blockText(spec: BlockSpec): string {
  const { title, id, year, paper, idea, equations, symbols, params, probes, wires = {} } = spec;
  const source = paper.url ? `[${paper.title}](${paper.url})` : paper.title;
  const parts = [
    `### ${title}`,
    `${code(id)} · ${year} · ${source}. ${paper.authors}.`,
    idea,
    mathBlock(equations).trimEnd(),
    markdownTable(
      ['Symbol', 'Meaning'],
      symbols.map(([symbol, meaning]) => [math(symbol), meaning]),
    ).trimEnd(),
  ];
  const settings = Object.entries(params);
  parts.push(
    settings.length === 0
      ? 'It has no settings.'
      : markdownTable(
          ['Setting', 'What it does', 'Range', 'Suggested', 'Default', 'Source'],
          settings.map(([name, p]) => [
            `${p.label} (${code(name)})`,
            p.help,
            range(p),
            suggested(p),
            value(p.default),
            p.source,
          ]),
        ).trimEnd(),
  );
  const published = Object.entries(probes);
  if (published.length > 0) {
    parts.push(`Probes: ${published.map(([name, about]) => `${code(name)} ${about}`).join('; ')}.`);
  }
  const cuttable = Object.entries(wires);
  if (cuttable.length > 0) {
    parts.push(
      `Wires, each of which can be cut for a look: ${cuttable
        .map(([name, left]) => `${code(name)}. Cut: ${left.charAt(0).toLowerCase()}${left.slice(1)}`)
        .join(' ')}`,
    );
  }
  return `\n${parts.join('\n\n')}\n`;
}

function range(p: HyperParam): string {
  switch (p.kind) {
    case 'int':
    case 'real':
      return `${p.min} … ${p.max}`;
    case 'widths':
      return `${p.min} … ${p.max} units, at most ${p.maxLayers} layers`;
    case 'choice':
      return p.options.map((o) => o.value).join(', ');
    case 'flag':
      return 'on, off';
  }
}

function suggested(p: HyperParam): string {
  return p.kind === 'int' || p.kind === 'widths' ? p.suggested.map(value).join('; ') : '';
}

function value(v: HyperParam['default'] | readonly number[]): string {
  if (typeof v === 'boolean') return v ? 'on' : 'off';
  return typeof v === 'object' ? v.join(', ') : String(v);
}
