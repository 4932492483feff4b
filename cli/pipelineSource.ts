/** Which pipeline a command works on: a preset, a share link, a pipeline as JSON, or the run file of an earlier run. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { defaultPipeline } from '../src/pipeline/defaults';
import { parsePipeline } from '../src/pipeline/parse';
import { findPreset, PRESETS } from '../src/pipeline/presets';
import { claimsToBeRun, parseRun, type RunFile } from '../src/pipeline/runFile';
import type { Pipeline } from '../src/pipeline/schema';
import { decodeLink } from '../src/pipeline/share';
import type { DataSource } from './dataSource';
import { badInput } from './io';

/** A pipeline with the data that its source names, if any. */
export interface PipelineSource {
  readonly pipeline: Pipeline;
  readonly data: DataSource | null;
  /** The data's fingerprint, where the source knows it: a replay must meet it. */
  readonly fingerprint: string | null;
}

/** Larger files are no pipeline and no run: 200,000 steps make about 25 MB. */
const LARGEST_JSON = 256 * 1024 * 1024;

/** The data of a run as a source to read again. */
export function dataOfRun({ data }: Pick<RunFile, 'data'>): DataSource {
  switch (data.kind) {
    case 'simulated':
      return { kind: 'simulated', request: data.request };
    case 'shard':
      return { kind: 'shard', path: data.path };
    case 'file':
      return { kind: 'file', path: data.path, mapping: data.mapping ?? null, sampling: data.sampling ?? {} };
  }
}

/** Reads a JSON file. @throws CliError where it cannot be read or is no JSON */
export function readJson(path: string): unknown {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) throw badInput(`There is no file "${path}": check its name.`);
  if (found.size > LARGEST_JSON)
    throw badInput(`"${path}" is larger than 256 MB: that is no pipeline and no run.`);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw badInput(`"${path}" cannot be read: check its permissions.`);
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw badInput(`"${path}" is no JSON: give a pipeline or the run.json of a run.`);
  }
}

/** Reads a run file. @throws CliError in one sentence */
export function readRun(path: string): RunFile {
  const parsed = parseRun(readJson(path));
  if (!parsed.ok) throw badInput(`"${path}" cannot be used: ${parsed.message}`);
  return parsed.run;
}

/** Understands the value of `--pipeline`; without one it is the pipeline that the lab opens with. */
export function parsePipelineSource(text: string | undefined): PipelineSource {
  const alone = (pipeline: Pipeline): PipelineSource => ({ pipeline, data: null, fingerprint: null });
  if (text === undefined) return alone(defaultPipeline());
  const named = /^preset:(.*)$/s.exec(text)?.[1];
  if (named !== undefined) return alone(preset(named));
  const hash = text.includes('#') ? text.slice(text.indexOf('#')) : text;
  // A hash, or the address of a page; a file's name hardly begins like this.
  const link = /^#?p=/.test(hash) || /^https?:/.test(text) ? decodeLink(hash) : null;
  if (link && !link.ok) throw badInput(link.message);
  if (link) return { pipeline: link.pipeline, data: link.data, fingerprint: null };
  if (/^https?:/.test(text))
    throw badInput('This link holds no pipeline: copy it with the Share button of the lab.');
  const found = statSync(text, { throwIfNoEntry: false });
  if (!found) return alone(preset(text));
  if (found.isDirectory()) return ofRun(readRun(join(text, 'run.json')));
  const value = readJson(text);
  if (claimsToBeRun(value)) {
    const parsed = parseRun(value);
    if (!parsed.ok) throw badInput(`"${text}" cannot be used: ${parsed.message}`);
    return ofRun(parsed.run);
  }
  const parsed = parsePipeline(value);
  if (!parsed.ok) throw badInput(`"${text}" cannot be used: ${parsed.message}`);
  return alone(parsed.pipeline);
}

const ofRun = (run: RunFile): PipelineSource => ({
  pipeline: run.pipeline,
  data: dataOfRun(run),
  fingerprint: run.data.fingerprint,
});

function preset(id: string): Pipeline {
  const found = findPreset(id);
  if (found) return found.pipeline;
  throw badInput(
    `There is no file and no preset "${id}": the presets are ${PRESETS.map((p) => p.id).join(', ')}.`,
  );
}
