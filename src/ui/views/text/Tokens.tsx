import { percent } from '../../../protocol/format';
import type { WrittenText } from '../../../protocol/writingMessages';

/** A written text, a token the more marked the less probable it was. */
export function Tokens({ written: { tokens, text, finished } }: { written: WrittenText }) {
  if (text.trim() === '') return <em className="muted">{finished === 'end token' ? 'nothing: it ends at once' : 'nothing that can be read'}</em>;
  return (
    <>
      {tokens.map((token, index) => token.text !== '' && (
        <span key={index} className="written-token" title={`${percent(token.probability)} probable`} style={{ '--doubt': `${100 * (1 - token.probability)}%` } as React.CSSProperties}>{index === 0 ? token.text.trimStart() : token.text}</span>
      ))}
      {finished === 'length' && <span className="muted" title="It was stopped by its length, not by an end token">…</span>}
    </>
  );
}
