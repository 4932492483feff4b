/** A study's results as Markdown: AUC of each model, its difference to the baseline, and both beside the reference. */
import { outputSpaces } from '../pipeline/spaces';
import { cellsOf, pipelineOf, type ReferenceFigure, type Study } from './plan';
import { type Mean, meanOf, pairedDifference, standardErrorsApart } from './statistics';

/** What one run of a study came to: AUC by output space. */
export interface StudyResult {
  readonly world: string;
  readonly model: string;
  readonly seed: number;
  /** By output space: expected AUC where the truth is known, else AUC of the labels; null without one. */
  readonly auc: Readonly<Record<string, number | null>>;
  /** By output space: AUC of the true probabilities, where known. */
  readonly oracle: Readonly<Record<string, number>> | null;
}

/** `.7434`, `−.0275`, `+.0047` */
export function digits(value: number, signed = false): string {
  const text = Math.abs(value).toFixed(4).replace(/^0/, '');
  if (value < 0) return `−${text}`;
  return signed ? `+${text}` : text;
}

const withSd = (m: Mean) => (m.n > 1 ? `${digits(m.mean)} ± ${digits(m.sd)}` : digits(m.mean));
const withSe = (m: Mean) => (m.n > 1 ? `${digits(m.mean, true)} (${digits(m.se)})` : digits(m.mean, true));

/** By seed, of one model on one world. */
function bySeed(results: readonly StudyResult[], world: string, model: string, space: string) {
  const found = new Map<number, number>();
  for (const r of results) {
    const value = r.auc[space];
    if (r.world === world && r.model === model && value != null) found.set(r.seed, value);
  }
  return found;
}

function beside(mean: Mean | null, figure: ReferenceFigure | undefined): string[] {
  if (!figure) return ['', ''];
  const reference = `${digits(figure.value, figure.against)} (${digits(figure.se)})`;
  if (!mean) return [reference, ''];
  const apart = standardErrorsApart(mean, { mean: figure.value, se: figure.se });
  return [reference, Number.isFinite(apart) ? `${apart < 0 ? '−' : '+'}${Math.abs(apart).toFixed(1)}` : ''];
}

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;

/** The tables of a study, one a world. Runs that are still to be made are said to be missing. */
export function studyReport(study: Study, results: readonly StudyResult[]): string {
  const spaces = [...new Set(results.flatMap((r) => Object.keys(r.auc)))];
  const { tasks } = pipelineOf(study, study.baseline, study.seeds[0]!);
  const names = new Map(outputSpaces(tasks).map(({ id, name }) => [id, name]));
  const nameOf = (space: string) => (names.get(space) ?? space).replaceAll('|', '\\|');
  const figures = study.reference?.figures ?? [];
  const missing = cellsOf(study).length - results.length;
  let text = `${study.title}\n\n`;
  if (missing > 0) text += `${missing} of ${cellsOf(study).length} runs are still to be made.\n\n`;
  for (const world of Object.keys(study.worlds)) {
    const here = results.filter((r) => r.world === world);
    if (here.length === 0) continue;
    const seeds = [...new Set(here.map((r) => r.seed))];
    const oracles = seeds.flatMap((seed) => {
      const oracle = here.find((r) => r.seed === seed)!.oracle;
      return oracle ? [oracle] : [];
    });
    const told = spaces.filter((space) => here.some((r) => r.auc[space] != null));
    text += `### ${world}\n\n`;
    const referred = figures.some((f) => f.world === world);
    const head = ['model', 'space', 'AUC ± s.d.', ...(referred ? ['reference', 's.e. apart'] : [])];
    head.push(`− ${study.baseline} (s.e.)`, ...(referred ? ['reference', 's.e. apart'] : []));
    text += row(head) + row(head.map(() => '--'));
    for (const space of told) {
      if (oracles.length > 0 && oracles.every((o) => o[space] !== undefined)) {
        const oracle = meanOf(oracles.map((o) => o[space]!));
        text += row(['oracle', nameOf(space), digits(oracle.mean), ...head.slice(3).map(() => '')]);
      }
    }
    for (const model of Object.keys(study.models)) {
      for (const space of told) {
        const values = bySeed(here, world, model, space);
        if (values.size === 0) continue;
        const mean = meanOf([...values.values()]);
        const difference =
          model === study.baseline
            ? null
            : pairedDifference(values, bySeed(here, world, study.baseline, space));
        const figure = (against: boolean) =>
          figures.find(
            (f) => f.world === world && f.model === model && f.space === space && f.against === against,
          );
        text += row([
          model,
          nameOf(space),
          withSd(mean),
          ...(referred ? beside(mean, figure(false)) : []),
          difference ? withSe(difference) : '',
          ...(referred ? beside(difference, figure(true)) : []),
        ]);
      }
    }
    text += '\n';
  }
  return text;
}
