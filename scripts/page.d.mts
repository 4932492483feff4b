import type { Plugin } from 'vite';

export interface Licence {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}
export const PAGE_POLICY: string;
export const WORKER_POLICY: string;
export const HEADERS: Readonly<Record<string, string>>;
export function policy(): Plugin;
export function licencesOf(lock: { readonly packages: Readonly<Record<string, object>> }): Licence[];
export function licences(lockFile?: string): Plugin;
export function offline(): Plugin[];
