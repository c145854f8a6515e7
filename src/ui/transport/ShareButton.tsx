import { useState } from 'react';
import { sameValue } from '../../config/diff';
import { linkOf } from '../../config/url';
import { effectiveConfig } from '../../store/runList';
import { Icon } from '../kit/Icon';
import { Popover } from '../kit/Popover';
import { usePlayground } from '../kit/context';

/** Copies a link that reproduces the current run with its changes, or the draft where nothing has run with it. */
export function ShareButton() {
  const { store } = usePlayground();
  const [link, setLink] = useState('');
  const [copied, setCopied] = useState(false);
  const make = () => {
    const { draft, runs, current, link: opened } = store.getState();
    const run = runs.find(({ id }) => id === current);
    const ofRun = run && sameValue(effectiveConfig(run), draft);
    const hash = ofRun ? linkOf(run.config, run.changes) : linkOf(draft, opened?.changes);
    const url = `${location.href.split('#')[0]}${hash && `#${hash}`}`;
    setLink(url);
    navigator.clipboard?.writeText(url).then(() => setCopied(true), () => setCopied(false));
  };
  return (
    <span onClickCapture={(event) => (event.target as Element).closest('button') && make()}>
      <Popover label="Share link" className="button plain icon" button={<Icon name="share" />}>
        <p className="small">{copied ? 'Copied. ' : ''}This link holds every setting that differs from the default, and the changes made while running. Opening it starts nothing.</p>
        <input className="link-text" aria-label="Link" readOnly value={link} onFocus={(event) => event.target.select()} />
      </Popover>
    </span>
  );
}
