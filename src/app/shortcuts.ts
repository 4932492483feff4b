/** Keys that act on the whole page, as long as nobody types and no control that needs them has the focus. */
import { useEffect } from 'react';
import { actionOf } from '../state/actions';
import { useUi } from '../state/stores';

const CONTROL =
  'button, a, input, select, textarea, summary, [role="button"], [role="tab"], [contenteditable]';
const TYPING =
  'input:not([type="radio"]):not([type="range"]):not([type="checkbox"]), textarea, select, [contenteditable]';
/** Lists in which a letter looks for an entry, and panels whose controls the keys belong to. */
const SEARCHING = '[role="listbox"], [role="menu"], [role="grid"], [role="tree"], [role="dialog"]';

export function useShortcuts(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const { dialog, keys, view } = useUi.getState();
      // In a slide the keys belong to the slides.
      if (event.defaultPrevented || event.altKey || dialog !== null || view.kind === 'embed') return;
      const ctrl = event.ctrlKey || event.metaKey;
      if (!ctrl && !keys) return;
      const target = event.target instanceof Element ? event.target : null;
      // A text field undoes its own typing.
      if (target?.closest(`${TYPING}, ${SEARCHING}`)) return;
      const action = actionOf(event, ctrl);
      if (!action || (action.yields && target?.closest(CONTROL))) return;
      event.preventDefault();
      action.run(event);
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
}
