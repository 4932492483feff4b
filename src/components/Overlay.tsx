/** Dialogs and popovers that hold the focus, close with Escape, and give the focus back. */
import { type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Dialog, DialogTrigger, Heading } from 'react-aria-components/Dialog';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { Popover } from 'react-aria-components/Popover';
import { Icon } from './icons';

/** A dialog in the middle of the page, or `tall`: as large as the page lets it be. */
export function Sheet({
  title,
  open,
  onClose,
  tall = false,
  children,
}: {
  title: string;
  open: boolean;
  onClose: () => void;
  /** For work that a slip of the pointer must not throw away: a press beside it does not close it; Escape does. */
  tall?: boolean;
  children: ReactNode;
}) {
  return (
    <ModalOverlay
      className="overlay"
      isOpen={open}
      isDismissable={!tall}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
    >
      <Modal className={`sheet ${tall ? 'tall' : ''}`}>
        <Dialog className="sheet-body">
          <header>
            <Heading slot="title">{title}</Heading>
            <Button className="btn bare" aria-label="Close" onPress={onClose}>
              <Icon name="close" />
            </Button>
          </header>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** A button that opens a small panel beside it. */
export function PopButton({
  className,
  label,
  button,
  title,
  testId,
  children,
}: {
  className: string;
  /** Accessible name where the button's own text does not say enough. */
  label?: string;
  button: ReactNode;
  /** Name of the panel. */
  title: string;
  testId?: string;
  children: (close: () => void) => ReactNode;
}) {
  const [landmark, setLandmark] = useState<Element | null>(null);
  return (
    <DialogTrigger>
      <Button
        // The panel belongs to the landmark of its button, not to the end of the page.
        ref={(element) => {
          if (element) setLandmark(element.closest('header.bar, main, .dock'));
        }}
        className={className}
        {...(label && { 'aria-label': label })}
        {...(testId && { 'data-testid': testId })}
      >
        {button}
      </Button>
      <Popover
        className="pop"
        placement="bottom start"
        offset={6}
        {...(landmark && { UNSTABLE_portalContainer: landmark })}
      >
        <Dialog className="pop-body" aria-label={title}>
          {({ close }) => children(close)}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
