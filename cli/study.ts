/** `seesaw study`: trains the models of a study on its worlds with all its seeds, and writes their table. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Dataset, prepare } from '../src/data';
import { oracleAucs } from '../src/data/summary';
import { Session } from '../src/engine/session';
import { openWasm } from '../src/nn';
import { wasmPaths } from '../src/nn/wasmPaths';
import { parsePipeline } from '../src/pipeline/parse';
import { type Cell, cellsOf, parseStudy, pipelineOf, type Study } from '../src/study/plan';
import { type StudyResult, studyReport } from '../src/study/report';
import { type DataSource, loadTable, parseDataSource } from './dataSource';
import { badInput, CliError, type CommonOptions, EXIT, type Io, printJson } from './io';
import { breathe } from './outcome';
import { readJson } from './pipelineSource';
import { loadedFits } from './setup';

export interface StudyOptions extends CommonOptions {
  readonly out: string;
}

/** Steps between two looks at whether a run has diverged. */
const LOOK_EVERY = 50;

/** A line of runs.jsonl: a run with what it was made of, so that a changed study does not count it as its own. */
const lineSchema = z.strictObject({
  world: z.string(),
  model: z.string(),
  seed: z.number().int(),
  source: z.string(),
  pipeline: z.unknown(),
  auc: z.record(z.string(), z.number().nullable()),
  oracle: z.record(z.string(), z.number()).nullable(),
});
type Line = z.infer<typeof lineSchema>;

/** @param file the study as JSON; results go to runs.jsonl and table.md of `options.out`, and runs found there are not repeated */
export async function runStudy(file: string, options: StudyOptions, io: Io): Promise<number> {
  const parsed = parseStudy(readJson(file));
  if (!parsed.ok) throw badInput(`"${file}" cannot be used: ${parsed.message}`);
  const { study } = parsed;
  // All addresses are checked before the first run.
  const sources = new Map(Object.entries(study.worlds).map(([name, text]) => [name, parseDataSource(text)]));
  mkdirSync(options.out, { recursive: true });
  const path = join(options.out, 'runs.jsonl');
  const done = readLines(path).filter((line) => belongs(study, line));
  await openWasm(wasmPaths());

  const cells = cellsOf(study);
  const rows = new LatestRows(io);
  for (const [at, cell] of cells.entries()) {
    if (done.some((line) => sameCell(line, cell))) continue;
    const { data, oracle } = await rows.of(cell, sources.get(cell.world)!);
    const line = await trainCell(study, cell, data, oracle, io);
    if (line === null) return EXIT.interrupted;
    appendFileSync(path, `${JSON.stringify(line)}\n`);
    done.push(line);
    if (!options.quiet) io.err(`${at + 1}/${cells.length} ${describe(line)}\n`);
  }
  const report = studyReport(study, done);
  writeFileSync(join(options.out, 'table.md'), report);
  if (options.json) printJson(io, { out: options.out, runs: done.map(({ pipeline: _, ...run }) => run) });
  else io.out(report);
  return EXIT.ok;
}

const sameCell = (a: Cell, b: Cell) => a.world === b.world && a.model === b.model && a.seed === b.seed;

/** Whether a line is of this very study: its world, pipeline and seed unchanged. */
function belongs(study: Study, line: Line): boolean {
  if (!cellsOf(study).some((cell) => sameCell(cell, line))) return false;
  if (study.worlds[line.world] !== line.source) return false;
  const asked = JSON.stringify(pipelineOf(study, line.model, line.seed));
  const ran = parsePipeline(line.pipeline);
  return ran.ok && JSON.stringify(ran.pipeline) === asked;
}

function readLines(path: string): Line[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((text) => text !== '')
    .map((text, at) => {
      try {
        return lineSchema.parse(JSON.parse(text));
      } catch {
        throw badInput(`"${path}", line ${at + 1}, is no run of a study: delete the line or the file.`);
      }
    });
}

/** The rows of a world and seed, kept until others are asked for: neighbouring cells share them. */
class LatestRows {
  private key = '';
  private held: Promise<{ data: Dataset; oracle: Line['oracle'] }> | null = null;

  constructor(private readonly io: Io) {}

  of({ world, seed }: Cell, source: DataSource): Promise<{ data: Dataset; oracle: Line['oracle'] }> {
    const key = `${world} ${seed}`;
    if (this.key !== key || !this.held) {
      this.key = key;
      this.held = this.read(source, seed);
    }
    return this.held;
  }

  private async read(source: DataSource, seed: number) {
    const seeded: DataSource =
      source.kind === 'simulated' ? { ...source, request: { ...source.request, seed } } : source;
    const data = prepare(await loadTable(seeded, this.io, true));
    return { data, oracle: oracleAucs(data) };
  }
}

/** Trains one cell; null where Ctrl+C came first. @throws CliError where it diverges */
async function trainCell(
  study: Study,
  cell: Cell,
  data: Dataset,
  oracle: Line['oracle'],
  io: Io,
): Promise<Line | null> {
  const pipeline = pipelineOf(study, cell.model, cell.seed);
  loadedFits(pipeline, data);
  const session = new Session(pipeline, data);
  try {
    while (!session.finished) {
      await session.trainStep();
      if (session.step % LOOK_EVERY !== 0 && !session.finished) continue;
      const { divergence } = await session.readFrame();
      if (divergence) throw new CliError(`${describeCell(cell)}: ${divergence.message}`, EXIT.failed);
      await breathe();
      if (io.signal.aborted) return null;
    }
    const { metrics } = await session.evaluate(breathe);
    const auc = Object.fromEntries(
      metrics.map((m) => {
        const told = m.expectedAuc ?? m.auc;
        return [m.space, told.ok ? told.value : null];
      }),
    );
    return { ...cell, source: study.worlds[cell.world]!, pipeline, auc, oracle };
  } finally {
    session.dispose();
  }
}

const describeCell = ({ world, model, seed }: Cell) => `${world}, ${model}, seed ${seed}`;
const describe = (line: StudyResult) =>
  `${describeCell(line)}: ${Object.entries(line.auc)
    .map(([space, auc]) => `${space} ${auc?.toFixed(4) ?? '–'}`)
    .join(', ')}`;
