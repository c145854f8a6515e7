import type { Table } from '../../../store/compare/studies';
import { SavePicture } from '../curves/SavePicture';

/** Numbers behind a picture, or beside it. */
export function ResultTable({ table: { caption, columns, rows } }: { table: Table }) {
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={caption}>
      <table className="results">
        <caption className="small muted">{caption}</caption>
        <thead><tr>{columns.map((column, index) => <th scope="col" key={index}>{column}</th>)}</tr></thead>
        <tbody>
          {rows.map(([head, ...cells], row) => <tr key={row}><th scope="row">{head}</th>{cells.map((cell, index) => <td key={index}>{cell}</td>)}</tr>)}
          {rows.length === 0 && <tr><td colSpan={columns.length}>nothing yet</td></tr>}
        </tbody>
      </table>
    </div>
  );
}

/** A picture that the code of studies has drawn: all its words are escaped there. It names its fonts and colours, and is taken along as it is. */
export function Picture({ svg, label }: { svg: string; label: string }) {
  const make = () => {
    const [width, height] = ['width', 'height'].map((name) => Number(new RegExp(`<svg[^>]* ${name}="(\\d+)`).exec(svg)?.[1] ?? 0));
    return { text: svg, width, height };
  };
  return (
    <>
      <div className="table-scroll study-picture" tabIndex={0} role="region" aria-label={label} dangerouslySetInnerHTML={{ __html: svg }} />
      <SavePicture title={label} make={make} />
    </>
  );
}
