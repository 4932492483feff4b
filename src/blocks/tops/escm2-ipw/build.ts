import { buildEscm2 } from '../escm2';

export const build = buildEscm2('ipw');
