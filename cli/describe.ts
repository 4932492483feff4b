/** `seesaw describe` and `seesaw presets`: what there is to train, without training it. */
import { describe } from '../src/engine/describe';
import { PRESETS } from '../src/pipeline/presets';
import type { BlockInfo } from '../src/pipeline/run';
import { type DataSource, parseDataSource, type ReadingOptions } from './dataSource';
import { type CommonOptions, EXIT, type Io, printJson } from './io';
import { parsePipelineSource } from './pipelineSource';
import { loadFor } from './setup';
import { smallWorld } from './simulation';
import { count, table } from './table';

export interface DescribeOptions extends CommonOptions, ReadingOptions {
  readonly pipeline?: string;
  readonly data?: string;
}

/** Only the columns of the data matter here: a simulated world of any size has those of a small one. */
function smallSource(text: string | undefined, options: ReadingOptions): DataSource {
  const asked = text === undefined ? null : parseDataSource(text, options);
  if (asked && asked.kind !== 'simulated') return asked;
  return { kind: 'simulated', request: smallWorld(asked?.request) };
}

export async function describePipeline(options: DescribeOptions, io: Io): Promise<number> {
  const { pipeline } = parsePipelineSource(options.pipeline);
  const source = smallSource(options.data, options);
  // A small world says nothing on whether a batch fits the training part.
  const checked =
    source.kind !== 'simulated' ? pipeline : { ...pipeline, training: { ...pipeline.training, batch: 1 } };
  const data = await loadFor(checked, source, null, io, options.quiet ?? true);
  const description = describe(pipeline, data);
  if (options.json) {
    printJson(io, { pipeline, ...description });
    return EXIT.ok;
  }
  for (const block of description.blocks) io.out(blockText(block));
  io.out(`${count(description.parameterCount)} parameters\n\nOutput spaces\n`);
  const spaces = description.spaces.map((s) => [`  ${s.name}`, s.id, s.meaning]);
  io.out(table(spaces));
  return EXIT.ok;
}

/** B×width, or B×groups·width where each task has its own vector. */
function shapeText({ groups, width }: BlockInfo['output']): string {
  return groups === 1 ? `B×${width}` : `B×${groups}·${width}`;
}

function blockText(block: BlockInfo): string {
  const { path, title, output, parameters, parameterCount } = block;
  const head = `${path}: ${title} → ${shapeText(output)}, ${count(parameterCount)} parameters\n`;
  if (parameters.length === 0) return `${head}\n`;
  const rows = parameters.map(({ name, shape, symbol }) => [
    `  ${name}`,
    shape.join('×'),
    count(shape.reduce((a, b) => a * b, 1)),
    symbol,
  ]);
  return `${head}${table(rows, [2])}\n`;
}

export function listPresets(options: CommonOptions, io: Io): number {
  if (options.json) {
    printJson(io, {
      presets: PRESETS.map(({ id, title, about, lesson, pipeline }) => ({
        id,
        title,
        about,
        lesson,
        pipeline,
      })),
    });
  } else {
    io.out(table(PRESETS.map(({ id, title, about }) => [id, title, about])));
  }
  return EXIT.ok;
}
