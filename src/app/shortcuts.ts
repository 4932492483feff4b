/** Keys that act on the whole page, as long as no control that needs them has the focus. */
import { useEffect } from 'react';
import { redo, undo } from '../state/edits';
import { reset, step, trainOrPause } from '../state/session';
import { useUi } from '../state/stores';

const CONTROL =
  'button, a, input, select, textarea, summary, [role="button"], [role="tab"], [contenteditable]';
const TYPING = 'input:not([type="radio"]):not([type="range"]), textarea, select, [contenteditable]';

export function useShortcuts(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : null;
      if (event.defaultPrevented || useUi.getState().dialog !== null) return;
      const typing = target?.closest(TYPING) != null;
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'z') {
        // A text field undoes its own typing.
        if (typing) return;
        event.preventDefault();
        if (event.shiftKey) redo();
        else undo();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || typing) return;
      if (event.key === ' ') {
        if (target?.closest(CONTROL)) return;
        event.preventDefault();
        void trainOrPause();
      } else if (event.key === 's' || event.key === 'S') void step();
      else if (event.key === 'r' || event.key === 'R') void reset();
      else if (event.key === '?') useUi.setState({ dialog: 'help' });
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
}
