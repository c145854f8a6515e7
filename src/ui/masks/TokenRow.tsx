/** The sentence with what this mask takes away struck through. */
export function TokenRow({ tokens, struck, bold }: { tokens: readonly string[]; struck: readonly boolean[]; bold: boolean }) {
  const gone = tokens.filter((_, index) => struck[index]);
  return (
    <p className={`tokens${bold ? ' bold' : ''}`}>
      {tokens.map((token, index) => (struck[index] ? <del key={index}>{token}</del> : <span key={index}>{token}</span>))}
      <span className="visually-hidden">{gone.length ? `Dropped: ${gone.join(', ')}.` : 'No whole token is dropped.'}</span>
    </p>
  );
}
