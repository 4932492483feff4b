/** Lets Node find a WebGPU adapter on machines without a graphics driver: the software one that Chromium brings along. */
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { findChromium } from './chromium.mjs';

/** Where distributions put Chromium itself; what is on the path is often a script. */
const FOLDERS = [
  '/usr/lib/chromium',
  '/usr/lib/chromium-browser',
  '/usr/lib64/chromium-browser',
  '/opt/google/chrome',
];

/**
 * Variables for a process that wants WebGPU, which must have them when it starts; none where Chromium's adapter is not found. With them
 * the adapter is the software one, whatever else the machine has.
 */
export function softwareAdapter({
  env = process.env,
  platform = process.platform,
  exists = existsSync,
  chromium = () => findChromium()?.path,
} = {}) {
  if (platform !== 'linux') return {};
  const path = chromium();
  const own = path && exists(path) ? [dirname(realpathSync(path))] : [];
  const folder = [...own, ...FOLDERS].find(
    (at) => exists(join(at, 'libvulkan.so.1')) && exists(join(at, 'vk_swiftshader_icd.json')),
  );
  if (!folder) return {};
  return {
    LD_LIBRARY_PATH: [folder, env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter),
    VK_ICD_FILENAMES: join(folder, 'vk_swiftshader_icd.json'),
  };
}
