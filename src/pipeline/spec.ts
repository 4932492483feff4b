/** What a block says about itself: the plain data from which schema, inspector, docs and share link are derived. */

/** The places of a pipeline that take a block. */
export type Pillar = 'input' | 'bottom' | 'tower' | 'top' | 'balancer';

interface ParamBase {
  /** Label in the inspector. */
  readonly label: string;
  /** One plain sentence: what it does. */
  readonly help: string;
  /** Where range and default come from, e.g. "papers/000 Table 7". */
  readonly source: string;
}

/** One hyper-parameter. `suggested` are the values of the papers, offered first; the limits are what the lab accepts. */
export type HyperParam =
  | (ParamBase & {
      readonly kind: 'int';
      readonly min: number;
      readonly max: number;
      readonly suggested: readonly number[];
      readonly default: number;
    })
  | (ParamBase & {
      readonly kind: 'real';
      readonly min: number;
      readonly max: number;
      readonly step: number;
      readonly default: number;
    })
  | (ParamBase & {
      /** Layer widths of an MLP, first layer first. */
      readonly kind: 'widths';
      readonly min: number;
      readonly max: number;
      readonly maxLayers: number;
      readonly suggested: readonly (readonly number[])[];
      readonly default: readonly number[];
    })
  | (ParamBase & {
      readonly kind: 'choice';
      readonly options: readonly { readonly value: string; readonly label: string }[];
      readonly default: string;
    })
  | (ParamBase & { readonly kind: 'flag'; readonly default: boolean });

/** A hyper-parameter's value. */
export type ParamValue = number | string | boolean | readonly number[];
export type ParamValues = Readonly<Record<string, ParamValue>>;

/** A sentence about a pipeline: an `error` cannot be trained, a `warning` can. */
export interface Finding {
  readonly level: 'error' | 'warning';
  /** Dotted path in the pipeline, e.g. `towers.params.heads`. */
  readonly where: string;
  /** One clear sentence: what is wrong and what to do. */
  readonly reason: string;
}

/** What a rule of a block may look at: its own values and the rest of the pipeline, loosely typed to keep specs free of the schema. */
export interface RuleContext {
  /** Path of the block itself, e.g. `towers` or `input.1`. */
  readonly place: string;
  readonly params: ParamValues;
  readonly blocks: Readonly<Record<Pillar, string>>;
  readonly tasks: readonly { readonly id: string; readonly parent: string | null }[];
}

/** A column of a country, or features of both sides (user and item). */
export type DataNeed = 'country' | 'sides';

/**
 * A part of the lab that a symbol of an equation stands for: the edge into or out of the card; the boxes that the card draws, the lines
 * between its tasks, or a probe that it draws; what its dialog alone shows; the losses or the tasks' weights at the end of the lanes;
 * or a hyper-parameter's knob.
 */
export type Part =
  | 'in'
  | 'out'
  | 'boxes'
  | 'links'
  | 'inside'
  | 'loss'
  | 'weight'
  | `probe.${string}`
  | `knob.${string}`;

/** A symbol of an equation in KaTeX, its meaning with shape, and the parts of the lab that it is. */
export type SymbolOf = readonly [symbol: string, meaning: string, ...parts: Part[]];

export interface BlockSpec {
  /** Stable id, the folder's name. It is stored in links and run files: never change it. */
  readonly id: string;
  readonly pillar: Pillar;
  /** Full name, e.g. "Task Attention". */
  readonly title: string;
  /** Short name for a palette or a run's name. */
  readonly short: string;
  readonly year: number;
  readonly paper: { readonly title: string; readonly authors: string; readonly url?: string };
  /** One or two plain sentences for a student. */
  readonly idea: string;
  /** KaTeX, one string a line. */
  readonly equations: readonly string[];
  readonly symbols: readonly SymbolOf[];
  readonly params: Readonly<Record<string, HyperParam>>;
  /** Names of the tensors that `build` publishes with `pass.probe`, with their shapes. */
  readonly probes: Readonly<Record<string, string>>;
  /** Probes that are weights by which something is read, so that each of them can be cut for a look: what a cut leaves. */
  readonly wires?: Readonly<Record<string, string>>;
  /** A Bottom that wants an input of its own for each task: input blocks then learn a set of weights a task. */
  readonly ownInputs?: true;
  /** An input block that changes what the input blocks before it hand on, so that it cannot come first. */
  readonly refines?: true;
  /** Towers that read the user's and the item's features apart: the Bottom then runs once for each side. */
  readonly sides?: true;
  /** What the data set must have for the block. */
  readonly needs?: readonly DataNeed[];
  /** What does not fit, said before it is dropped. */
  readonly rules?: (context: RuleContext) => readonly Finding[];
}

/** The defaults of a spec's hyper-parameters. */
export function defaultParams(spec: BlockSpec): Record<string, ParamValue> {
  return Object.fromEntries(
    Object.entries(spec.params).map(([name, p]) => [name, p.kind === 'widths' ? [...p.default] : p.default]),
  );
}
