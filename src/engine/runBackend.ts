/** The backend under a run: brought up, watched, and replaced where its GPU is lost. */
import type { Dataset } from '../data/dataset';
import { close, openWebGpu, type WasmFiles } from '../nn';
import type { BackendChoice, RunEvent } from '../pipeline/run';
import type { Pipeline } from '../pipeline/schema';
import { type ChosenBackend, chooseBackend } from './backends';

export class RunBackend {
  private chosen: ChosenBackend | null = null;
  private choice: BackendChoice = 'auto';
  /** Why the device is gone, once it is. */
  private reason: string | null = null;

  constructor(
    private readonly files: WasmFiles,
    private readonly emit: (event: RunEvent) => void,
  ) {}

  /** Opens a backend in the place of the one there was; it is in use once it is adopted. */
  async open(choice: BackendChoice, pipeline: Pipeline, data: Dataset): Promise<ChosenBackend> {
    this.choice = choice;
    if (this.chosen) close(this.chosen.backend);
    this.chosen = null;
    return chooseBackend(choice, this.files, pipeline, data);
  }

  /** Uses a backend from now on, and says so. */
  adopt(chosen: ChosenBackend): void {
    this.chosen = chosen;
    this.reason = null;
    const { backend, reason } = chosen;
    void backend.device?.lost.then((why) => {
      if (this.chosen === chosen) this.reason = why;
    });
    this.emit({ kind: 'backend', backend: { name: backend.name, label: backend.label, reason } });
  }

  /** Why the GPU was lost, or null where it was not. */
  get lost(): string | null {
    return this.reason;
  }

  /** @throws Error in one sentence where the GPU is gone, or has refused a command */
  check(): void {
    if (this.reason !== null) throw new Error(`The GPU was lost (${this.reason}).`);
    // WebGPU reports an invalid command only here, and computes zeros from then on.
    const error = this.chosen?.backend.device?.error() ?? null;
    if (error !== null)
      throw new Error(`The GPU refused a command (${error}): choose WASM in the backend menu.`);
  }

  /** Resolves when the GPU has done what it was told so far; null where nothing is left to wait for. */
  settled(): Promise<void> | null {
    return this.chosen?.backend.device?.settled() ?? null;
  }

  /** After a lost GPU: a new device, or wasm. @returns what is in use now, in words; null where nothing was in use */
  async replace(pipeline: Pipeline, data: Dataset): Promise<string | null> {
    if (!this.chosen) return null;
    close(this.chosen.backend);
    this.chosen = null;
    const again = await openWebGpu(this.choice === 'webgpu-software');
    if (again.ok) {
      this.adopt({ backend: again.backend, reason: 'A new device replaces the one that was lost.' });
      return again.backend.label;
    }
    const { backend } = await chooseBackend('wasm', this.files, pipeline, data);
    this.adopt({ backend, reason: `The GPU was lost and did not come back: ${again.reason}.` });
    return backend.label;
  }

  /** Destroys the GPU device on purpose. @returns false where there is none */
  lose(): boolean {
    const device = this.chosen?.backend.device;
    device?.destroy();
    return Boolean(device);
  }
}
