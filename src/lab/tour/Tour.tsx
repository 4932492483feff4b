/** The tour: a light on one place after the other, with the focus in its box; Escape ends it. Loaded when somebody takes it. */
import { driver } from 'driver.js';
import 'driver.js/dist/driver.css';
import { useEffect } from 'react';
import { closePage } from '../../state/route';
import { useUi } from '../../state/stores';
import { STOPS } from './stops';

const seen = (place: string) => {
  const box = document.querySelector(place)?.getBoundingClientRect();
  return box !== undefined && box.width > 0 && box.height > 0;
};

export default function Tour() {
  useEffect(() => {
    closePage();
    const before = document.activeElement;
    useUi.setState({ tab: 'overview', place: 'pipeline' });
    let light: ReturnType<typeof driver> | null = null;
    // The dialog from which it was opened has to be gone, and the places it shows to be there.
    const timer = setTimeout(() => {
      light = driver({
        // While the light moves the library drops keys, and the move says nothing.
        animate: false,
        overlayOpacity: 0.55,
        stagePadding: 4,
        stageRadius: 2,
        popoverClass: 'tour',
        showProgress: true,
        progressText: '{{current}} of {{total}}',
        nextBtnText: 'Next',
        prevBtnText: 'Back',
        doneBtnText: 'Done',
        // Its place is shown, not used: a press there would change what the next stop is about.
        disableActiveInteraction: true,
        steps: STOPS.filter(({ place }) => seen(place)).map(({ place, title, text }) => ({
          element: place,
          popover: { title, description: text },
        })),
        onPopoverRender: ({ closeButton, title, footer }) => {
          closeButton.setAttribute('aria-label', 'End the tour');
          // Made of `header` and `footer`, which outside an article are the page's own.
          title.setAttribute('role', 'none');
          footer.setAttribute('role', 'group');
        },
        // The library calls every place a button that opens a dialog; most are none.
        onHighlighted: (element) => {
          for (const name of ['aria-haspopup', 'aria-expanded', 'aria-controls'])
            element?.removeAttribute(name);
        },
        onDestroyed: () => useUi.setState({ dialog: null }),
      });
      light.drive();
    }, 60);
    return () => {
      clearTimeout(timer);
      light?.destroy();
      // After the library, which gives the focus to what had it when the light went on: by then that is nothing.
      setTimeout(() => {
        const kept = before instanceof HTMLElement && before.isConnected && before !== document.body;
        (kept ? before : document.querySelector<HTMLElement>('.run-buttons .primary'))?.focus();
      });
    };
  }, []);
  return null;
}
