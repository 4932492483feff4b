import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needsOtherTasks, taskOf, tasksFor } from './adapt';
import { defaultPipeline, defaultTasks } from './defaults';
import { parsePipeline } from './parse';
import { outputSpaces } from './spaces';

const column = (name: string, parent: number | null = null) => ({ name, parent });
const two = { tasks: [column('click'), column('conversion', 0)] };
const cart = { tasks: [column('click'), column('cart', 0), column('conversion', 1)] };
const video = { tasks: [column('watch'), column('click', 0), column('enter', 0), column('buy', 2)] };
const kuai = { tasks: [column('is_click'), column('long_view', 0), column('is_like', 0)] };

describe('the tasks for a data set', () => {
  it('are the lab’s own where the data is AliExpress', () => {
    expect(tasksFor(two).tasks).toEqual(defaultTasks());
  });

  it('keep names and weights of the tasks that stay, and take the data’s parents', () => {
    const mine = defaultTasks().map((t) => ({ ...t, lossWeight: 7, label: `my ${t.label}` }));
    const { tasks } = tasksFor(cart, mine);
    expect(tasks.map((t) => [t.id, t.label, t.metric, t.parent, t.lossWeight])).toEqual([
      ['click', 'my click', 'CTR', null, 7],
      ['cart', 'add to cart', 'CTATC', 'click', 3],
      ['conversion', 'my purchase', 'CTCVR', 'cart', 7],
    ]);
    expect(tasksFor(two, tasks).tasks).toEqual(mine);
  });

  it('one more of them comes after the nearest event before it that is there, and none comes twice', () => {
    const { tasks } = tasksFor(cart);
    const [click, , purchase] = tasks;
    expect(taskOf(cart, 'cart', [click!, purchase!])).toMatchObject({ id: 'cart', parent: 'click' });
    expect(taskOf(cart, 'conversion', [click!])).toMatchObject({ parent: 'click', metric: 'CTCVR' });
    expect(taskOf(cart, 'conversion', [])).toMatchObject({ parent: null });
    expect(taskOf(cart, 'click', tasks)).toBeNull();
    expect(taskOf(cart, 'none', [click!])).toBeNull();
  });

  it('name what others call by their own names, and give a purchase without a click no click in its name', () => {
    expect(tasksFor(kuai).tasks.map((t) => [t.label, t.metric])).toEqual([
      ['click', 'CTR'],
      ['long view', 'long view'],
      ['like', 'like'],
    ]);
    const spaces = outputSpaces(tasksFor(video).tasks).map((s) => s.name);
    expect(spaces).toEqual([
      'watch',
      'CTR',
      'enter',
      'purchase',
      'click | watch',
      'enter | watch',
      'purchase | enter',
    ]);
  });

  it('are the first eight of more, parents before children, and the others are told', () => {
    const many = Array.from({ length: 10 }, (_, i) => column(`event_${i}`, i === 0 ? 9 : null));
    const { tasks, left } = tasksFor({ tasks: many });
    expect(tasks.map((t) => t.id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((i) => `event_${i}`));
    expect(left).toEqual(['event_9', 'event_0']);
  });

  it('make a pipeline that the schema accepts, whatever the labels are called', () => {
    const name = fc.oneof(
      fc.string({ minLength: 1, maxLength: 40 }),
      fc.constantFrom('click', 'Click', 'is_click', 'buy'),
    );
    const labels = fc
      .uniqueArray(name, { minLength: 1, maxLength: 12 })
      .chain((names) =>
        fc.tuple(...names.map((n, i) => fc.nat(Math.max(0, i)).map((p) => column(n, p < i ? p : null)))),
      );
    fc.assert(
      fc.property(labels, (columns) => {
        const { tasks, left } = tasksFor({ tasks: columns });
        expect(parsePipeline({ ...defaultPipeline(), tasks })).toMatchObject({ ok: true });
        expect(tasks.length + left.length).toBe(columns.length);
        expect(new Set(tasks.map((t) => t.metric)).size).toBe(tasks.length);
        expect(new Set(tasks.map((t) => t.label)).size).toBe(tasks.length);
      }),
    );
  });
});

describe('tasks have to change', () => {
  const tasks = defaultTasks();
  it('where a label is missing, a parent is none, or the data brings new labels', () => {
    expect(needsOtherTasks(tasks, kuai, two)).toBe(true);
    expect(needsOtherTasks(tasks, { tasks: [column('click'), column('conversion')] }, two)).toBe(true);
    expect(needsOtherTasks(tasks, cart, two)).toBe(true);
    expect(needsOtherTasks(tasksFor(cart).tasks, two, cart)).toBe(true);
  });

  it('but not where they fit, or leave out a label on purpose', () => {
    expect(needsOtherTasks(tasks, two, two)).toBe(false);
    expect(needsOtherTasks(tasks.slice(0, 1), two, two)).toBe(false);
    expect(needsOtherTasks(tasks.slice(0, 1), two, null)).toBe(false);
    // Click and purchase alone, in a world with a cart between them, as a link may want it.
    expect(needsOtherTasks(tasks, cart, null)).toBe(false);
    expect(needsOtherTasks(tasks, cart, cart)).toBe(false);
  });
});
