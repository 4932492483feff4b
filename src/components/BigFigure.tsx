/** A panel's figure in large: it has one room whatever it says, and is set smaller where it is longer. */
interface Props {
  /** What it is, for those who do not see where it stands. */
  readonly label: string;
  readonly children: string;
  readonly testId?: string;
}

export const BigFigure = ({ label, children, testId }: Props) => (
  <output
    className="big"
    aria-live="off"
    aria-label={label}
    data-testid={testId}
    style={{ '--characters': children.length } as React.CSSProperties}
  >
    {children}
  </output>
);
