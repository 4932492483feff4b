/** The stops of the tour: what a newcomer needs in the first minute, in the order in which the eye goes. */

export interface Stop {
  /** Where the light falls; a stop whose place is not on the screen (a phone shows one at a time) is left out. */
  readonly place: string;
  readonly title: string;
  readonly text: string;
}

export const STOPS: readonly Stop[] = [
  {
    place: '.pipe .canvas',
    title: 'A model is three pillars',
    text: 'The Bottom turns features into a vector for each task, the Towers let tasks exchange what they know, the Top makes probabilities of it.',
  },
  {
    place: '.loss-end',
    title: 'One lane a task',
    text: 'Each task has a hue, a letter and a line pattern, the same everywhere: C and a solid blue line is the click, P and a dashed orange line the purchase.',
  },
  {
    place: '.palette',
    title: 'Other blocks',
    text: 'Drag a block onto its place, or press the arrows beside it. A block that does not fit says why.',
  },
  {
    place: '.run-buttons',
    title: 'Train',
    text: 'It all runs in this browser. Pause, take single steps, or slow it down; learning rate and loss weights may change while it runs.',
  },
  {
    place: '.auc-panel',
    title: 'How good, at each step',
    text: 'CTR and CTCVR count all impressions, CVR the clicked ones. The dashed line is the oracle: no model can beat it. The run before stays in grey.',
  },
  {
    place: '.attention-panel',
    title: 'Who reads whom',
    text: 'A row reads a column: how much the purchase takes from the click. The Attention tab has every layer and head, for any group of rows, at any step.',
  },
  {
    place: '.tools',
    title: 'Share it',
    text: 'A link or QR code brings back this pipeline and its world; on WASM to the last digit. Help holds the keys, and this tour.',
  },
];
