/** How a task looks: hue, letter and line pattern, so that nothing rests on colour alone. */

/** A task's marks. */
export interface TaskLook {
  /** Class that sets `--hue`: t1 … t4, repeating. */
  readonly hue: string;
  /** One letter, unlike that of any other task of the pipeline. */
  readonly letter: string;
  /** SVG stroke-dasharray; undefined = solid. Repeats later than the hues, so that the two together stay distinct. */
  readonly dash: string | undefined;
}

const DASHES = [undefined, '12 4', '2 4', '10 3 2 3', '18 3', '6 3', '1 5', '14 3 2 3 2 3'] as const;

/** Looks of all tasks of a pipeline, by their labels. */
export function taskLooks(labels: readonly string[]): TaskLook[] {
  const taken = new Set<string>();
  return labels.map((label, k) => {
    const letters = [...label.toUpperCase().replace(/[^A-Z]/g, ''), ...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
    const letter = letters.find((l) => !taken.has(l)) ?? String(k + 1);
    taken.add(letter);
    return { hue: `t${(k % 4) + 1}`, letter, dash: DASHES[k % DASHES.length] };
  });
}
