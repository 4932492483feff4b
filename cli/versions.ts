/** Versions of what a run was made with. */
import manifest from '../package.json';

/** TensorFlow.js is pinned in package.json, so that its version is known without loading it. */
export function versions(): { seesaw: string; tfjs: string; node: string } {
  return {
    seesaw: manifest.version,
    tfjs: manifest.dependencies['@tensorflow/tfjs-core'],
    node: process.versions.node,
  };
}
