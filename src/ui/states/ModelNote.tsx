import { modelName } from '../../config/models';
import { bytes } from '../../protocol/format';
import { entryOf } from '../../store/state';
import { Download } from '../models/Download';
import { usePage, usePlayground } from '../kit/context';

/** What stands between the model on the cards and a run: it is being looked at, its weights are elsewhere, or it cannot be had. */
export function ModelNote() {
  const { models } = usePlayground();
  const source = usePage((state) => state.draft.model.source);
  const entry = usePage((state) => entryOf(state, source));
  const fetching = usePage((state) => state.fetching?.source === source);
  const unfetched = usePage((state) => (state.unfetched?.source === source ? state.unfetched.refusal : undefined));
  if (entry?.state === 'refused') {
    return (
      <div className="note warning" role="alert">
        <p><strong>{modelName(source)} cannot be had.</strong> {entry.refusal.file}: {entry.refusal.detail}.</p>
        <button type="button" className="button" onClick={() => models.look(source)}>Look again</button>
      </div>
    );
  }
  if (entry?.state !== 'described') return <div className="note" role="status"><p>Looking at {modelName(source)}: sizes, tokenizer and licence, no weights yet.</p></div>;
  if (fetching) return <div className="note" role="status"><Download /></div>;
  if (entry.toFetch === 0) return null;
  const { name, weightBytes } = entry.facts;
  const begun = entry.toFetch < weightBytes;
  return (
    <div className={unfetched ? 'note warning' : 'note'} role="status">
      <p>
        <strong>{name} is not on this machine yet.</strong> {unfetched ? `${unfetched.file}: ${unfetched.detail}.` : `${begun ? `${bytes(weightBytes - entry.toFetch)} of ${bytes(weightBytes)} are here` : `Its weights have ${bytes(weightBytes)}`}; nothing is fetched before you say so.`}
      </p>
      <button type="button" className="button filled" onClick={() => models.fetch(source, false)}>Fetch {bytes(entry.toFetch)}</button>
    </div>
  );
}
