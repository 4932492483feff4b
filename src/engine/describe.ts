/** The assembled graph in plain data: shapes, parameters, counts; for the page's edges and the command line. */
import type { Dataset } from '../data/dataset';
import { marketShifts } from '../data/marketShift';
import type { Layout } from '../nn';
import type { Description } from '../pipeline/run';
import type { Pipeline } from '../pipeline/schema';
import { outputSpaces } from '../pipeline/spaces';
import type { Place, Places } from '../pipeline/weightFile';
import { assemble } from './assemble';
import { baseRates } from './batches';

/** Describes a pipeline on a data set without training it; no tensor is made. @throws Error as `assemble` */
export function describe(pipeline: Pipeline, data: Dataset): Description {
  const { blocks, layout } = assemble(pipeline, data.schema, baseRates(pipeline, data), () =>
    marketShifts(data),
  );
  return {
    blocks: blocks.map(({ path, title, output }) => {
      const parameters = layout.parameters.filter((p) => p.name.startsWith(`${path}.`));
      return {
        path,
        title,
        output,
        parameters: parameters.map(({ name, shape, symbol }) => ({ name, shape, symbol })),
        parameterCount: parameters.reduce((n, p) => n + p.size, 0),
      };
    }),
    parameterCount: layout.size,
    spaces: outputSpaces(pipeline.tasks),
  };
}

/** Where each tensor of a model lies in a snapshot's flat vectors. */
export function placesOf({ parameters, buffers, size, bufferSize }: Layout): Places {
  const place = ({ name, shape, offset, size: length }: Place): Place => ({
    name,
    shape,
    offset,
    size: length,
  });
  return { parameters: parameters.map(place), buffers: buffers.map(place), size, bufferSize };
}
