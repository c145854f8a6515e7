import { Activity, useState } from 'react';
import { useAddress } from '../address';
import { LoadedPart } from '../kit/Part';
import { Lead } from '../states/Lead';
import { PageNotes } from '../states/PageNotes';
import { FIRST_VIEW, isView, type View, type ViewName, VIEWS } from './registry';
import { ViewStrip } from './ViewStrip';

/** The right column: the strip, what the page has to say, and the view that the address names. */
export function Views() {
  const named = useAddress('view');
  const view = isView(named) ? named : FIRST_VIEW;
  // One that was looked at before stays as it was left, at rest, until it is looked at again.
  const [seen, setSeen] = useState<readonly ViewName[]>([view]);
  if (!seen.includes(view)) setSeen([...seen, view]);
  const { Tools }: View = VIEWS[view];
  return (
    <div className="column views">
      <div className="views-head">
        <ViewStrip view={view} />
        {Tools && <Tools />}
      </div>
      {view === FIRST_VIEW && <Lead />}
      <PageNotes />
      {seen.map((name) => (
        <Activity key={name} mode={name === view ? 'visible' : 'hidden'}>
          <section className="view column" id={`view-${name}`} role="tabpanel" aria-labelledby={`tab-${name}`}>
            <h2 className="visually-hidden">{VIEWS[name].title}</h2>
            <LoadedPart part={VIEWS[name]} skeleton={<Skeleton />} />
          </section>
        </Activity>
      ))}
    </div>
  );
}

/** Room for what comes, so that nothing moves when it is there. */
function Skeleton() {
  return <div className="skeleton" role="status"><span className="visually-hidden">Loading…</span></div>;
}
