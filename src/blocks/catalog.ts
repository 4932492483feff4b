/** Every block there is, as plain data. A new architecture is a new folder and one line here; its build.ts is found by its folder. */
import type { BlockSpec, Pillar } from '../pipeline/spec';
import { spec as cagrad } from './balancers/cagrad/spec';
import { spec as dwa } from './balancers/dwa/spec';
import { spec as equal } from './balancers/equal/spec';
import { spec as fixed } from './balancers/fixed/spec';
import { spec as gradnorm } from './balancers/gradnorm/spec';
import { spec as gradvac } from './balancers/gradvac/spec';
import { spec as mgda } from './balancers/mgda/spec';
import { spec as nashMtl } from './balancers/nash-mtl/spec';
import { spec as pcgrad } from './balancers/pcgrad/spec';
import { spec as peLtr } from './balancers/pe-ltr/spec';
import { spec as uwl } from './balancers/uwl/spec';
import { spec as adatt } from './bottoms/adatt/spec';
import { spec as crossStitch } from './bottoms/cross-stitch/spec';
import { spec as mlMmoe } from './bottoms/ml-mmoe/spec';
import { spec as mmoe } from './bottoms/mmoe/spec';
import { spec as nse } from './bottoms/nse/spec';
import { spec as omoe } from './bottoms/omoe/spec';
import { spec as ple } from './bottoms/ple/spec';
import { spec as sharedBottom } from './bottoms/shared-bottom/spec';
import { spec as singleTask } from './bottoms/single-task/spec';
import { spec as embedding } from './inputs/embedding/spec';
import { spec as md } from './inputs/md/spec';
import { spec as aitm } from './tops/aitm/spec';
import { spec as dbmtl } from './tops/dbmtl/spec';
import { spec as dcmt } from './tops/dcmt/spec';
import { spec as dpr } from './tops/dpr/spec';
import { spec as escm2Dr } from './tops/escm2-dr/spec';
import { spec as escm2Ipw } from './tops/escm2-ipw/spec';
import { spec as esm2 } from './tops/esm2/spec';
import { spec as esmm } from './tops/esmm/spec';
import { spec as identity } from './tops/identity/spec';
import { spec as logitResidual } from './tops/logit-residual/spec';
import { spec as mlp } from './towers/mlp/spec';
import { spec as resflow } from './towers/resflow/spec';
import { spec as seq } from './towers/seq/spec';
import { spec as taskAttention } from './towers/task-attention/spec';
import { spec as twin } from './towers/twin/spec';

/** The blocks of each pillar, in the order of the palette. */
export const CATALOG = {
  input: [embedding, md],
  bottom: [nse, sharedBottom, mmoe, ple, singleTask, omoe, mlMmoe, adatt, crossStitch],
  tower: [mlp, resflow, seq, taskAttention, twin],
  top: [identity, esmm, dpr, aitm, dbmtl, logitResidual, esm2, escm2Ipw, escm2Dr, dcmt],
  balancer: [fixed, equal, uwl, gradnorm, dwa, mgda, peLtr, pcgrad, gradvac, cagrad, nashMtl],
} as const satisfies Record<Pillar, readonly BlockSpec[]>;

/** The spec of a block, or undefined where there is none of that id. */
export function findSpec(pillar: Pillar, id: string): BlockSpec | undefined {
  return CATALOG[pillar].find((s: BlockSpec) => s.id === id);
}
