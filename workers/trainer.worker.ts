/** The trainer: TensorFlow.js lives here, off the main thread. Commands by Comlink, events on one port. */
import * as Comlink from 'comlink';
import type { Dataset } from '../src/data/dataset';
import { Race } from '../src/engine/race';
import { Trainer } from '../src/engine/trainer';
import { wasmUrls } from '../src/nn/wasmUrls';
import { fusionRequestSchema, parsePagePick, rowPickSchema } from '../src/pipeline/rowReading';
import type { LiveEdit, RunEvent, Speed } from '../src/pipeline/run';
import { pipelineSchema } from '../src/pipeline/schema';
import type { TrainerApi, TrainerEvent } from './protocol';
import {
  checkedDataset,
  countSchema,
  cutsSchema,
  editSchema,
  probesSchema,
  raceSchema,
  speedSchema,
  startSchema,
} from './requests';

let port: MessagePort | null = null;
let runId = '';
let seq = 0;

/** Typed arrays of an event travel without a copy. */
function buffersOf(event: RunEvent): Transferable[] {
  switch (event.kind) {
    case 'frame':
      return [event.steps.buffer, ...(event.balance ? [event.balance.buffer] : [])];
    case 'probe':
      return event.probe.cohorts.map((c) => c.mean.buffer as ArrayBuffer);
    default:
      return [];
  }
}

function emit(event: RunEvent): void {
  const stamped: TrainerEvent = { ...event, runId, seq: seq++ };
  port?.postMessage(stamped, buffersOf(event));
}

// A message to oneself is the only way to let others in: `await` alone never leaves the microtask queue, and a timer waits 4 ms.
const self_ = new MessageChannel();
const waking: (() => void)[] = [];
self_.port1.onmessage = () => waking.shift()?.();
const yieldNow = () =>
  new Promise<void>((resolve) => {
    waking.push(resolve);
    self_.port2.postMessage(null);
  });

const wasmFiles = wasmUrls(import.meta.url);
const trainer = new Trainer({ wasmFiles, emit, yieldNow });

let data: Dataset | null = null;
let race: Race | null = null;
let speed: Speed = null;
const needRace = () => {
  if (!race) throw new Error('There is no race: start one.');
  return race;
};
/** One thing at a time: a race and a run would take each other’s time, and its memory. */
async function endRace(): Promise<void> {
  const ending = race;
  race = null;
  await ending?.stop();
}

const api: TrainerApi = {
  connect(newPort) {
    port = newPort;
  },
  async load(dataset) {
    await endRace();
    data = checkedDataset(dataset);
    trainer.load(data);
    return { fingerprint: dataset.fingerprint };
  },
  describe: (pipeline) => trainer.describe(pipelineSchema.parse(pipeline)),
  cost: (pipeline) => trainer.cost(pipelineSchema.parse(pipeline)),
  async start(request) {
    const checked = startSchema.parse(request);
    await endRace();
    await trainer.stop();
    runId = checked.runId;
    seq = 0;
    await trainer.start(checked);
  },
  pause: () => trainer.pause(),
  step: (count) => trainer.step(countSchema.parse(count)),
  resume: () => trainer.resume(),
  stop: () => trainer.stop(),
  edit: (change) => trainer.edit(editSchema.parse(change) as LiveEdit),
  setSpeed(wanted) {
    speed = speedSchema.parse(wanted);
    trainer.setSpeed(speed);
    race?.setSpeed(speed);
  },
  cut: (wires) => trainer.cut(cutsSchema.parse(wires)),
  watch: (probes) => trainer.watch(probesSchema.parse(probes)),
  inspect: () => trainer.inspect(),
  snapshot: () => trainer.snapshot(),
  places: () => trainer.places(),
  async raceStart(request) {
    const { entrants, backend } = raceSchema.parse(request);
    await endRace();
    await trainer.stop();
    if (!data) throw new Error('No data is loaded: open a file or simulate a world first.');
    const seqs = entrants.map(() => 0);
    const tell = (racer: number, event: RunEvent) => {
      const stamped: TrainerEvent = { ...event, runId: entrants[racer]!.runId, seq: seqs[racer]!++ };
      port?.postMessage(stamped, buffersOf(event));
    };
    race = new Race({ wasmFiles, emit: tell, yieldNow, speed }, data, entrants);
    await race.start(backend);
  },
  racePause: () => needRace().pause(),
  raceStep: () => needRace().step(),
  raceResume: () => needRace().resume(),
  raceStop: endRace,
  racePlaces: (racer) => needRace().places(racer),
  racePairs: () => needRace().pairs(),
  readRow: (pick) => trainer.rows.row(rowPickSchema.parse(pick)),
  readPage: (pick) => trainer.rows.page(parsePagePick(pick, checkedDataset)),
  judgeFusions: (request) => trainer.rows.fusions(fusionRequestSchema.parse(request)),
  judgePages: () => trainer.rows.pages(),
  cancelReading: () => trainer.rows.cancel(),
  ping: () => Date.now(),
};

// For the console and for tests of faults: in the worker's own context, `seesaw.loseDevice()` destroys the GPU device.
Object.assign(globalThis, { seesaw: { loseDevice: () => trainer.loseDevice() } });

Comlink.expose(api);
