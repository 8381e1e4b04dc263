import { Component, type ReactNode } from "react";

/** Catches what breaks while the page draws itself: it says so, and the rest of the page goes on. */
export class ErrorBoundary extends Component<
  { readonly children: ReactNode; readonly resetOn?: unknown },
  { readonly error: Error | null; readonly resetOn: unknown }
> {
  override state: { readonly error: Error | null; readonly resetOn: unknown } = {
    error: null,
    resetOn: this.props.resetOn,
  };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  static getDerivedStateFromProps(props: { resetOn?: unknown }, state: { error: Error | null; resetOn: unknown }) {
    return props.resetOn === state.resetOn ? null : { error: null, resetOn: props.resetOn };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div className="failure" role="alert">
        <h1>This part of the page stopped</h1>
        <p>It is a fault of the program, not of your model or text. Your text and view are in the address.</p>
        <p className="failure-message tok">{error.message}</p>
        <div className="actions">
          <button type="button" className="button" data-primary onClick={() => this.setState({ error: null })}>
            Try again
          </button>
          <button type="button" className="button" onClick={() => location.reload()}>
            Load the page again
          </button>
        </div>
      </div>
    );
  }
}
