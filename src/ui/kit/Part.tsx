import { Component, type ComponentType, lazy, type LazyExoticComponent, type ReactNode, Suspense } from 'react';

/** A part of the page whose code is loaded when it is asked for. */
export interface Part {
  load(): Promise<{ default: ComponentType }>;
}

const components = new Map<Part, LazyExoticComponent<ComponentType>>();

function componentOf(part: Part): LazyExoticComponent<ComponentType> {
  const known = components.get(part);
  if (known) return known;
  const component = lazy(part.load);
  components.set(part, component);
  return component;
}

/** Fetches the code of parts that nobody has asked for yet, so that they open at once and without a network. One that does not come is asked for again when it is wanted. */
export function loadAhead(parts: readonly Part[]): void {
  for (const part of parts) part.load().catch(() => undefined);
}

interface Props {
  part: Part;
  /** What stands there meanwhile, as large as what comes. */
  skeleton: ReactNode;
}

/** Shows a part once it is there, and says so where it cannot be had. */
export class LoadedPart extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError = () => ({ failed: true });

  retry = () => {
    components.delete(this.props.part);
    this.setState({ failed: false });
  };

  override render(): ReactNode {
    const { part, skeleton } = this.props;
    if (this.state.failed) {
      return (
        <div className="note warning" role="alert">
          <p>This part of the page could not be shown. If the connection was lost, try again; if the page was renewed meanwhile, load it anew. Runs go on.</p>
          <button type="button" className="button" onClick={this.retry}>Try again</button>
        </div>
      );
    }
    const Content = componentOf(part);
    return <Suspense fallback={skeleton}><Content /></Suspense>;
  }
}
