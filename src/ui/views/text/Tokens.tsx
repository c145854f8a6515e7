import { percent } from '../../../protocol/format';
import type { WrittenText } from '../../../protocol/writingMessages';

/** The least that a letter is inked, so that it can be read on either ground. */
const FAINTEST = 55;

/** A written text, each token as strong as it is probable. */
export function Tokens({ written: { tokens, text, finished } }: { written: WrittenText }) {
  if (text.trim() === '') return <em className="muted">{finished === 'end token' ? 'nothing: it ends at once' : 'nothing that can be read'}</em>;
  return (
    <>
      {tokens.map((token, index) => token.text !== '' && (
        <span key={index} className="written-token" title={`${percent(token.probability)} probable`} style={{ '--ink-share': `${FAINTEST + (100 - FAINTEST) * token.probability}%` } as React.CSSProperties}>{index === 0 ? token.text.trimStart() : token.text}</span>
      ))}
      {finished === 'length' && <span className="muted" title="It was stopped by its length, not by an end token">…</span>}
    </>
  );
}
