/** The Descending Probability Regularizer is the product that ESMM learns; what differs is a spec's default. */
export { build } from '../esmm/build';
