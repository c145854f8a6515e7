import { grouped } from '../../../protocol/format';
import { SCORE_GROUPS, type TextScores, type WrittenScores } from '../../../protocol/scoreMessages';
import { writtenTsv } from '../../../store/writtenFile';
import { download } from '../../download';
import { usePage, usePlayground } from '../../kit/context';

/** As the literature prints them, but for BLEU, which is from 0 to 1 here. */
const NAMES: readonly { name: keyof TextScores; title: string; note?: string; places: number }[] = [
  { name: 'BLEU', title: 'BLEU', places: 3 }, { name: 'NIST', title: 'NIST', places: 2 }, { name: 'METEOR', title: 'METEOR', note: 'exact and stem', places: 3 },
  { name: 'ROUGE_L', title: 'ROUGE-L', places: 3 }, { name: 'CIDEr', title: 'CIDEr', places: 2 }, { name: 'TER', title: 'TER', note: 'lower is better', places: 1 },
];
/** How many test prompts one may choose; 0 stands for all. */
const ROWS = [50, 200, 0] as const;
const BEAMS = [1, 4] as const;

/** What the texts behind test prompts are worth on their references, before training and after it. */
export function Scores({ scores }: { scores: WrittenScores | undefined }) {
  const { answers } = usePlayground();
  const { wish, scoring, unscored } = usePage((state) => state.answers);
  const ready = usePage((state) => state.current !== undefined && (state.phase === 'running' || state.phase === 'paused' || state.phase === 'finished'));
  return (
    <section className="texts" aria-labelledby="scores-title">
      <div className="chart-head">
        <h3 id="scores-title">Scores of what it writes</h3>
        <label className="check"><input type="checkbox" checked={wish.atEnd} onChange={(event) => answers.wish({ atEnd: event.target.checked })} /> at the end of a run</label>
      </div>
      {scores ? <ScoreTable scores={scores} /> : <p className="small muted">At its end a run writes behind test prompts, and the texts are compared with all texts that would do.</p>}
      <div className="chart-head">
        <select aria-label="Test prompts" value={wish.rows} onChange={(event) => answers.wish({ rows: Number(event.target.value) })}>
          {ROWS.map((rows) => <option key={rows} value={rows}>{rows === 0 ? 'all test prompts' : `${rows} test prompts`}</option>)}
        </select>
        <select aria-label="How texts are chosen" value={wish.beams} onChange={(event) => answers.wish({ beams: Number(event.target.value) })}>
          {BEAMS.map((beams) => <option key={beams} value={beams}>{beams === 1 ? 'most probable token' : `${beams} beams`}</option>)}
        </select>
        {scoring ? <button type="button" className="button" onClick={answers.stopScoring}>Stop</button> : <button type="button" className="button" disabled={!ready} onClick={answers.score}>Score now</button>}
        {scores && <button type="button" className="button" onClick={() => download(writtenTsv(scores), `texts-step-${scores.after.step}.tsv`, 'text/tab-separated-values')}>Texts as TSV</button>}
      </div>
      <div aria-live="polite">
        {scoring && <p className="small muted">{scoring.of === 0 ? 'Writing…' : `Writing: ${grouped(scoring.done)} of ${grouped(scoring.of)} texts.`}</p>}
        {unscored && <p className="problem">Not scored: {unscored}.</p>}
      </div>
    </section>
  );
}

const written = (value: number | undefined, places: number) => (value !== undefined && Number.isFinite(value) ? value.toFixed(places) : '—');

function ScoreTable({ scores: { prompts, of, options, before, after } }: { scores: WrittenScores }) {
  const groups = SCORE_GROUPS.filter((group) => after.scores[group]);
  const references = prompts.reduce((sum, { references: texts }) => sum + texts.length, 0);
  const counts = { all: prompts.length, seen: prompts.filter(({ seen }) => seen).length, unseen: prompts.filter(({ seen }) => seen === false).length };
  const trained = before?.step !== after.step;
  return (
    <>
      <div className="table-scroll" tabIndex={0} role="region" aria-label="Scores">
        <table className="scores">
          <thead>
            {groups.length > 1 && <tr><td />{groups.map((group) => <th key={group} scope="colgroup" colSpan={before && trained ? 2 : 1}>{group === 'all' ? 'all' : `${group} kinds`} ({counts[group]})</th>)}</tr>}
            <tr><td />{groups.map((group) => [before && trained && <th key={`${group} before`} scope="col">before</th>, <th key={group} scope="col">step {after.step}</th>])}</tr>
          </thead>
          <tbody>
            {NAMES.map(({ name, title, note, places }) => (
              <tr key={name}>
                <th scope="row">{title}{note && <span className="small muted"> {note}</span>}</th>
                {groups.map((group) => [before && trained && <td key={`${group} before`} className="muted">{written(before.scores[group]?.[name], places)}</td>, <td key={group}>{written(after.scores[group]![name], places)}</td>])}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="small muted">
        {prompts.length === of ? `All ${grouped(of)}` : `The first ${grouped(prompts.length)} of ${grouped(of)}`} test prompts, with {grouped(references)} references; {(options.beams ?? 1) > 1 ? `beam search with ${options.beams} beams` : 'always the most probable token'}, at most {options.maxNewTokens} new tokens.
        METEOR knows no synonyms here, so published ones are no comparison.
      </p>
    </>
  );
}
