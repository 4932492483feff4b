/** Types of chromium.mjs for the Playwright configuration, which is TypeScript. */
export interface FoundChromium {
  readonly path: string;
  readonly source: string;
}
export function findChromium(): FoundChromium | null;
export function ensureChromium(): Promise<FoundChromium>;
