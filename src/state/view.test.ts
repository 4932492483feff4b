// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest';
import { linkTo, shareLink } from './boot';
import { EMBEDS, HIDDEN_AT_FIRST, PARTS, useUi } from './stores';
import { followView, readView, searchOf, toggleLecture, togglePart } from './view';

const site = { origin: 'https://lab.example', pathname: '/seesaw/' };

beforeEach(() => {
  window.history.replaceState(null, '', '/?backend=wasm#p=1.abc');
  followView('');
});

describe('the query of an address', () => {
  it('asks for nothing, and gets the lab', () => {
    expect(readView('?backend=wasm')).toEqual({
      view: { kind: 'lab' },
      hidden: HIDDEN_AT_FIRST,
      refusal: null,
    });
  });

  it.each(EMBEDS.map((e) => [e]))('brings the panel %s back', (panel) => {
    const view = { kind: 'embed', panel } as const;
    expect(readView(searchOf(view, [], '?backend=wasm')).view).toEqual(view);
    expect(readView('?embed=1').view.kind).toBe('embed');
  });

  it('brings lecture mode back with what it hides', () => {
    const search = searchOf({ kind: 'lecture' }, ['auc', 'gates'], '?backend=wasm');
    expect(search).toBe('?backend=wasm&lecture&hide=auc,gates');
    expect(readView(search)).toEqual({ view: { kind: 'lecture' }, hidden: ['auc', 'gates'], refusal: null });
    expect(searchOf({ kind: 'lecture' }, HIDDEN_AT_FIRST, '')).toBe('?lecture');
    expect(readView('?lecture&hide=').hidden).toEqual([]);
  });

  it('says what it does not know, and shows what it can', () => {
    expect(readView('?embed=<script>')).toMatchObject({
      view: { kind: 'lab' },
      refusal: expect.stringMatching(/"<script>".*embed=auc/),
    });
    expect(readView('?lecture&hide=gates,nonsense')).toMatchObject({
      view: { kind: 'lecture' },
      hidden: ['gates'],
      refusal: expect.stringMatching(/"nonsense"/),
    });
    expect(readView(`?lecture&hide=${PARTS.join(',')}`).hidden).toEqual(HIDDEN_AT_FIRST);
  });
});

describe('lecture mode', () => {
  it('is in the address as long as it lasts, beside what was there', () => {
    toggleLecture();
    expect(window.location.search).toBe('?backend=wasm&lecture');
    togglePart('pipeline');
    expect(window.location.search).toBe('?backend=wasm&lecture&hide=conditional,losses');
    expect(window.location.hash).toBe('#p=1.abc');
    expect(shareLink(site)).toMatch(/^https:\/\/lab\.example\/seesaw\/\?lecture&hide=conditional,losses#p=/);
    toggleLecture();
    expect(window.location.search).toBe('?backend=wasm');
    expect(shareLink(site)).not.toContain('?');
  });

  it('never hides the last part', () => {
    toggleLecture();
    for (const part of PARTS) if (!useUi.getState().hidden.includes(part)) togglePart(part);
    expect(useUi.getState().hidden.length).toBe(PARTS.length - 1);
  });
});

it('a panel for a slide has the same link with its name in it', () => {
  expect(linkTo({ kind: 'embed', panel: 'attention' }, site)).toMatch(/\/\?embed=attention#p=/);
});
