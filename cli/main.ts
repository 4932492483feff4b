/** The command line: commands, their options and help, and the exit code of whatever happens. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type DescribeOptions, describePipeline, listPresets } from './describe';
import { writeDocs } from './docs/write';
import { type EvalOptions, evaluateRun } from './evaluate';
import { CliError, type CommonOptions, EXIT, type Io } from './io';
import { type RecordOptions, record } from './record';
import { type ShardOptions, shard } from './shard';
import { runStudy, type StudyOptions } from './study';
import { type TrainOptions, train } from './train';
import { versions } from './versions';
import { type WorldOptions, worldTables } from './world';

const PIPELINE =
  'a pipeline or run.json as a file, the folder of a run, preset:ID, or a share link (default: the pipeline that the lab opens with)';
const DATA =
  'a CSV, TSV, gzip, ZIP or Parquet file, two that belong together joined by a comma, a folder with train.csv (and test.csv), a folder with a shard, or a simulated world: sim:es?r=-1&n=100000&m=3000000&keep=0.5&seed=1';

const BACKENDS = ['wasm', 'cpu', 'webgpu', 'webgpu-software', 'auto'] as const;

function wholeNumber(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

const backendOption = () =>
  new Option(
    '--backend <name>',
    'what computes; wasm gives the same digits in every run, auto takes the fastest',
  )
    .choices(BACKENDS)
    .default('wasm');

const mappingOption = () =>
  new Option(
    '--mapping <file>',
    'roles of the columns, sampling and split as JSON (default: what the files suggest)',
  );
const rowsOption = () => new Option('--rows <n>', 'rows to keep at most of a file').argParser(wholeNumber);
const clickShareOption = () =>
  new Option('--click-share <share>', 'share kept of the clicks without a purchase, 0.001 to 1').argParser(
    share,
  );
const wholePagesOption = () => new Option('--whole-pages', 'keep or leave whole pages instead of rows');

function share(text: string): number {
  const value = Number(text);
  if (!(text.trim() !== '' && value >= 0.001 && value <= 1)) {
    throw new InvalidArgumentError('It must be a number from 0.001 to 1.');
  }
  return value;
}

const predictOption = () =>
  new Option('--predict <rows>', 'rows of predictions.parquet')
    .choices(['validation', 'all'])
    .default('validation');

/** Help, options and actions. `done` receives the exit code of the command that ran. */
function program(io: Io, done: (code: number) => void): Command {
  const top = new Command('seesaw')
    .description('Multi-task learning for e-commerce ranking: train pipelines without a browser.')
    .version(versions().seesaw)
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      outputError: (text, write) => write(oneSentence(text)),
    })
    .exitOverride();
  const command = (name: string, description: string, examples: readonly string[]) =>
    top
      .command(name)
      .description(description)
      .option('--json', 'print one JSON object on stdout and nothing else there')
      .option('--quiet', 'no progress and no notes on stderr')
      .addHelpText(
        'after',
        `\nExamples:\n${examples.map((line) => `  npm run seesaw -- ${line}`).join('\n')}`,
      );

  command('train', 'Train a pipeline and write the folder of the run.', [
    'train --out runs/first',
    "train --pipeline preset:shared-bottom --data 'sim:es?r=-1' --seed 2 --out runs/conflict",
    'train --pipeline pipeline.json --data AliExpress_ES/train.csv --steps 2000 --out runs/es',
    'train --pipeline runs/first/run.json --out runs/again     (the same run once more)',
    'train --resume runs/first                                 (after Ctrl+C)',
  ])
    .option('--pipeline <source>', PIPELINE)
    .option('--data <source>', `${DATA} (default: that of the run or link, or sim:es)`)
    .addOption(mappingOption())
    .addOption(rowsOption())
    .addOption(clickShareOption())
    .addOption(wholePagesOption())
    .option('--seed <n>', 'seed of initial weights, order of rows and dropout', wholeNumber)
    .option('--steps <n>', 'number of training steps', wholeNumber)
    .option('--out <folder>', 'where run.json, weights, predictions and probes go')
    .option('--resume <folder>', 'go on with a run that was stopped')
    .addOption(backendOption())
    .addOption(predictOption())
    .option('--force', 'overwrite a run in the folder')
    .action(async (options: TrainOptions) => done(await train(options, io)));

  command('eval', 'Measure the weights of a run.', [
    'eval --run runs/first',
    "eval --run runs/first --data 'sim:es?seed=2' --out runs/first-elsewhere",
  ])
    .requiredOption('--run <folder>', 'folder of the run')
    .option('--data <source>', `${DATA} (default: the data of the run)`)
    .addOption(mappingOption())
    .addOption(rowsOption())
    .addOption(clickShareOption())
    .addOption(wholePagesOption())
    .option('--out <folder>', 'where metrics.json, predictions and probes go (default: nothing is written)')
    .addOption(backendOption())
    .addOption(predictOption())
    .option('--force', 'overwrite an evaluation in the folder')
    .action(async (options: EvalOptions) => done(await evaluateRun(options, io)));

  command('describe', 'Print the assembled graph: blocks, shapes, parameters, output spaces.', [
    'describe',
    'describe --pipeline preset:shared-bottom --json',
  ])
    .option('--pipeline <source>', PIPELINE)
    .option('--data <source>', `${DATA} (default: the columns of the simulated world)`)
    .addOption(mappingOption())
    .addOption(rowsOption())
    .addOption(clickShareOption())
    .addOption(wholePagesOption())
    .action(async (options: DescribeOptions) => done(await describePipeline(options, io)));

  command(
    'shard',
    'Write rows as a shard: Parquet parts and a manifest, for the lab, pandas, DuckDB or Spark.',
    [
      'shard --data sim:es --out shards/es',
      "shard --data AliExpress_ES/train.csv --title 'AliExpress, Spain' --out shards/es",
      'train --data shards/es --out runs/first',
    ],
  )
    .requiredOption('--data <source>', DATA)
    .addOption(mappingOption())
    .addOption(rowsOption())
    .addOption(clickShareOption())
    .addOption(wholePagesOption())
    .requiredOption('--out <folder>', 'where manifest.json and the parts go')
    .option('--title <text>', 'name in lists (default: that of the source)')
    .option('--force', 'overwrite a shard in the folder')
    .action(async (options: ShardOptions) => done(await shard(options, io)));

  command('study', 'Train the models of a study on its worlds and seeds, and write their table.', [
    'study reference/studies/bottoms.json --out studies/bottoms',
  ])
    .argument('<file>', 'the study as JSON: seeds, worlds, models, baseline (docs/STUDIES.md)')
    .requiredOption('--out <folder>', 'where runs.jsonl and table.md go; runs found there are kept')
    .action(async (file: string, options: StudyOptions) => done(await runStudy(file, options, io)));

  command('presets', 'List the pipelines that have a name.', ['presets']).action((options: CommonOptions) =>
    done(listPresets(options, io)),
  );

  // The tables of docs/SIMULATOR.md.
  top
    .command('world', { hidden: true })
    .description('Print oracle AUCs, intercepts and correlations of the simulated world.')
    .option('--draws <n>', 'impressions to measure on', '2000000')
    .action(async (options: WorldOptions) => done(await worldTables(options, io)));

  // For whoever changes the default pipeline or the world; `npm run recording` runs it.
  top
    .command('record', { hidden: true })
    .description('Train on a simulated world and write all that the run told.')
    .option('--pipeline <source>', PIPELINE)
    .option('--data <source>', 'a simulated world (default: sim:es)')
    .requiredOption('--out <file>', 'the recording')
    .option('--quiet', 'no notes on stderr')
    .action(async (options: RecordOptions) => done(await record(options, io)));

  // For whoever changes a block; `npm run docs` runs it.
  top
    .command('docs', { hidden: true })
    .description('Write docs/BLOCKS.md and docs/WEIGHTS.md anew.')
    .option('--out <folder>', 'where they go', 'docs')
    .action(async (options: { out: string }) => {
      await writeDocs(options.out, io);
      done(EXIT.ok);
    });
  return top;
}

/** `error: unknown option '--x'` → `Unknown option '--x'; see --help.` */
function oneSentence(text: string): string {
  const plain = text
    .replace(/^error: /, '')
    .trim()
    .replaceAll('\n', ' ')
    .replace(/[.?]?\)?$/, (end) => end.replace('.', ''));
  return `${plain.charAt(0).toUpperCase()}${plain.slice(1)}; see "npm run seesaw -- --help".\n`;
}

/**
 * Runs one command.
 * @param argv what follows the program's name
 * @returns the exit code: 0 done, 1 the run failed or diverged, 2 bad usage or input, 130 stopped by Ctrl+C
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.ok;
  const seesaw = program(io, (result) => {
    code = result;
  });
  try {
    if (argv.length === 0) {
      seesaw.outputHelp();
      return EXIT.usage;
    }
    await seesaw.parseAsync(argv as string[], { from: 'user' });
    return code;
  } catch (cause) {
    if (cause instanceof CommanderError) return cause.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const error = cause as Error;
    if (process.env.SEESAW_DEBUG && !(error instanceof CliError)) io.err(`${error.stack}\n`);
    io.err(`${error.message}\n`);
    return error instanceof CliError ? error.code : EXIT.failed;
  }
}
