/** A panel that has nothing to show yet: what will stand there, and what to do or to wait for. */
interface Props {
  readonly shows: string;
  readonly children: React.ReactNode;
}

export const Empty = ({ shows, children }: Props) => (
  <div className="empty">
    <p>
      <b>{shows}</b>
    </p>
    <p>{children}</p>
  </div>
);
