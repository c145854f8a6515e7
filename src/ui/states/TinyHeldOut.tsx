import { digits } from '../../protocol/format';
import { usePage } from '../kit/context';

/** Fewer rows than this, and what one row does shows as a jump of the score. */
const FEW_ROWS = 30;

/** Held-out rows that an evaluation of the cards' data scores, of classes; undefined before they are known, or where they are scored otherwise. */
const scoredRows = ({ draft: { data: { source }, evaluation: { rows } }, previews }: Parameters<Parameters<typeof usePage>[0]>[0]): number | undefined => {
  const preview = previews[source];
  if (!preview || preview.labels.length === 0) return undefined;
  return rows > 0 ? Math.min(rows, preview.counts.validation) : preview.counts.validation;
};

/** That a score moves in large steps, where the held-out set is tiny. */
export function TinyHeldOut() {
  const rows = usePage(scoredRows);
  if (rows === undefined || rows === 0 || rows >= FEW_ROWS) return null;
  return <p className="small muted tiny-held-out">{rows} held-out {rows === 1 ? 'row is' : 'rows are'} scored: accuracy moves in steps of {digits(100 / rows, 2)} %. Hold out more rows before you trust a difference.</p>;
}
