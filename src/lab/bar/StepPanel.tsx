/** "This step": the button beside Step that opens what flowed forward and back in a step by hand. */
import { lazy, Suspense, useEffect, useRef } from 'react';
import { useHandStep } from '../../state/handStep';
import { look } from '../../state/session';
import './step.css';

const StepSheet = lazy(() => import('./StepSheet'));

export function StepPanel() {
  const open = useHandStep((s) => s.open);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => (open ? look('step') : undefined), [open]);
  const close = () => {
    useHandStep.setState({ open: false });
    button.current?.focus();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className="btn step-more"
        aria-expanded={open}
        aria-label="This step: what flows forward and back"
        title="What flows in a step"
        onClick={() => useHandStep.setState({ open: !open })}
      >
        ⇄
      </button>
      {open && (
        <Suspense fallback={null}>
          <StepSheet onClose={close} />
        </Suspense>
      )}
    </>
  );
}
