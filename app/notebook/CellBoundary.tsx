import { Component, type ReactNode } from 'react';

interface CellBoundaryProps {
  readonly title: string;
  readonly children: ReactNode;
}

/** Keeps the failure of one cell's view to that cell. */
export class CellBoundary extends Component<CellBoundaryProps, { readonly error: Error | null }> {
  override state = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const error: Error | null = this.state.error;
    if (!error) return this.props.children;
    return (
      <div className="why" role="alert">
        <h2>{this.props.title}</h2>
        <p>This cell could not be shown: {(error as Error).message}</p>
        <button type="button" className="btn" onClick={() => location.reload()}>
          Load the page again
        </button>
      </div>
    );
  }
}
