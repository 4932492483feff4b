/** Keeps a fault in one panel from taking the others down. */
import { Component, type ReactNode } from 'react';

interface Props {
  /** What the panel is called in the message. */
  readonly name: string;
  readonly children: ReactNode;
}

export class ErrorBoundary extends Component<Props, { readonly fault: string | null }> {
  override state = { fault: null };

  static getDerivedStateFromError(cause: unknown) {
    return { fault: cause instanceof Error ? cause.message : String(cause) };
  }

  override render() {
    if (this.state.fault === null) return this.props.children;
    return (
      <div className="broken" role="alert">
        <p>
          {this.props.name} could not be drawn: {this.state.fault}. The rest of the page works on.
        </p>
        <button type="button" className="btn" onClick={() => this.setState({ fault: null })}>
          Draw it again
        </button>
      </div>
    );
  }
}
