/** A Bottom run once on the user's features and once on the item's, for towers that keep the two apart. */
import type { BuildContext, BuildStream, Field, InputFlow, StreamBlock } from '../blocks/contract';
import { concatColumns, pickOfGroups, type Scope } from '../nn';

/** Why an input cannot be divided between the sides, in one sentence. */
function refuse({ fields }: InputFlow): void {
  const mixed = fields.find((f) => f.kind === 'mixed');
  if (mixed) {
    throw new Error(
      `${mixed.name} mixes features of the user with those of the item, which the towers keep apart: choose an input that does not, or other towers.`,
    );
  }
  for (const side of ['user', 'item'] as const) {
    if (!fields.some((f) => f.side === side)) {
      throw new Error(
        `No feature is marked as the ${side}’s, and the towers read the two sides apart: mark some in the mapping of your file, or choose other towers.`,
      );
    }
  }
}

/**
 * The Bottom of each side, with weights of its own: `bottom.user.…` and `bottom.item.…`. A feature of neither side is known when the
 * request comes, as the user's are, and goes to that side.
 * Output: the user's vectors (one, or one a task), then the item's: 2·groups vectors of the Bottom's width.
 * @throws Error in one sentence where a side has no feature
 */
export function bothSides(
  build: BuildStream,
  context: Omit<BuildContext, 'scope'>,
  scope: Scope,
  input: InputFlow,
): StreamBlock {
  refuse(input);
  const { groups } = input.output;
  const halves = (['user', 'item'] as const).map((side) => {
    const columns = columnsOf(input.fields, (f) => (f.side === 'item') === (side === 'item'));
    const part = { groups, width: columns.length };
    const block = build({ ...context, path: `${context.path}.${side}`, scope: scope.within(side) }, part);
    return { columns, block };
  });
  const [user, item] = halves.map(({ block }) => block.output) as [
    StreamBlock['output'],
    StreamBlock['output'],
  ];
  if (user.groups !== item.groups || user.width !== item.width) {
    throw new Error('The Bottom hands on vectors of other sizes for user and item.');
  }
  return {
    output: { groups: 2 * user.groups, width: user.width },
    forward(x, pass) {
      const sides = halves.map(({ columns, block }) => {
        return block.forward(pickOfGroups(x, columns), pass).t; // from [B, groups·F_side]
      });
      return { t: concatColumns(sides), groups: 2 * user.groups, width: user.width };
    },
  };
}

function columnsOf(fields: readonly Field[], keep: (f: Field) => boolean): number[] {
  const columns: number[] = [];
  let at = 0;
  for (const field of fields) {
    for (let c = 0; c < field.width; c++, at++) if (keep(field)) columns.push(at);
  }
  return columns;
}
