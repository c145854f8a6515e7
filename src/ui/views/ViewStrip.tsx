import type { KeyboardEvent } from 'react';
import { showView } from '../address';
import { FIRST_VIEW, VIEW_NAMES, type ViewName, VIEWS } from './registry';

const STEPS: Record<string, (at: number, count: number) => number> = {
  ArrowRight: (at, count) => (at + 1) % count,
  ArrowLeft: (at, count) => (at + count - 1) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

const show = (name: ViewName) => showView(name === FIRST_VIEW ? undefined : name);

/** Which view the right column shows: one stop for the Tab key, arrows inside. */
export function ViewStrip({ view }: { view: ViewName }) {
  const press = (event: KeyboardEvent<HTMLDivElement>) => {
    const next = STEPS[event.key]?.(VIEW_NAMES.indexOf(view), VIEW_NAMES.length);
    if (next === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    show(VIEW_NAMES[next]);
    event.currentTarget.querySelectorAll<HTMLElement>('[role=tab]')[next].focus();
  };
  return (
    <div className="view-strip" role="tablist" aria-label="Views" onKeyDown={press}>
      {VIEW_NAMES.map((name) => (
        <button
          key={name} type="button" role="tab" id={`tab-${name}`} title={VIEWS[name].hint}
          aria-selected={name === view} aria-controls={name === view ? `view-${name}` : undefined} tabIndex={name === view ? 0 : -1} onClick={() => show(name)}
        >
          {VIEWS[name].title}
        </button>
      ))}
    </div>
  );
}
