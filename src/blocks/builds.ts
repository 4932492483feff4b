/** Finds the build of a block by its folder: `bottoms/nse/build.ts` builds the spec whose id is `nse`. */
import type { Pillar } from '../pipeline/spec';
import type { BuildBalancer, BuildInput, BuildStream, BuildTop } from './contract';

interface BuildOf {
  input: BuildInput;
  bottom: BuildStream;
  tower: BuildStream;
  top: BuildTop;
  balancer: BuildBalancer;
}

const FOLDER: Record<Pillar, string> = {
  input: 'inputs',
  bottom: 'bottoms',
  tower: 'towers',
  top: 'tops',
  balancer: 'balancers',
};

const modules = import.meta.glob<{ build: unknown }>('./*/*/build.ts', { eager: true });

/**
 * The build of a block.
 * @throws Error for a spec without a build: a mistake in the code, not in the pipeline
 */
export function findBuild<P extends Pillar>(pillar: P, id: string): BuildOf[P] {
  const module = modules[`./${FOLDER[pillar]}/${id}/build.ts`];
  if (!module) throw new Error(`src/blocks/${FOLDER[pillar]}/${id}/build.ts is missing.`);
  return module.build as BuildOf[P];
}
