import type { Table } from '../../../store/compare/studies';

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

/** A picture that the code of studies has drawn: all its words are escaped there. */
export function Picture({ svg, label }: { svg: string; label: string }) {
  return <div className="table-scroll study-picture" tabIndex={0} role="region" aria-label={label} dangerouslySetInnerHTML={{ __html: svg }} />;
}
