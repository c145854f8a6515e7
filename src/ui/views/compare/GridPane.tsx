import { Fragment, type ReactNode, useMemo, useState } from 'react';
import type { ConsistencyKind } from '../../../config/dropout';
import { PATTERNS } from '../../../config/dropout';
import { BASELINE, type Cell, cellName, cellsOf, compensationsOf, GRID_POSITIONS, GRID_TITLES, gridStudy, JOINED, RATES, rateView, runsOf } from '../../../store/compare/grid';
import { roughly, secondsOf, tablesOf } from '../../../store/compare/studies';
import { bytes } from '../../../protocol/format';
import { draftFacts } from '../../../store/state';
import { MaskGlyph } from '../../experiment/MaskGlyph';
import { usePage, usePlayground, useQueue } from '../../kit/context';
import { Segmented } from '../../kit/Segmented';
import { GridCell } from './GridCell';
import { Picture, ResultTable } from './ResultTable';

const WORDS: Partial<Record<ConsistencyKind, string>> = { none: 'none', kl: 'KL', js_paper: 'JS', mse: 'squared' };
const SITES = { logits: 'logits, before the softmax', weights: 'attention weights', hidden: 'what a block adds' } as const;
const SEEDS = Array.from({ length: 10 }, (_, index) => index + 1);

/** Where to drop, in what shape, with what beside it: each cell over several seeds, beside no dropout. */
export function GridPane() {
  const page = usePlayground();
  const { queue } = page;
  const draft = usePage((state) => state.draft);
  const facts = usePage(draftFacts);
  const memory = usePage((state) => state.plan?.bytes.total);
  const { lines, going, waiting } = useQueue((state) => state);
  const [compensation, setCompensation] = useState<ConsistencyKind>('none');
  const [last, setLast] = useState<ConsistencyKind>();
  const [rate, setRate] = useState(0.1);
  const [seeds, setSeeds] = useState(5);
  const [byRate, setByRate] = useState(false);
  const kinds = useMemo(() => compensationsOf(draft), [draft]);
  const chosen = kinds.includes(compensation) ? compensation : 'none';
  const found = useMemo(() => {
    const held = [...lines.values()];
    try {
      const studies = kinds.map((kind) => ({ kind, study: gridStudy(draft, facts, { compensation: kind, rates: [rate], seeds }) }));
      const cells = new Map(studies.map(({ kind, study }) => [kind, cellsOf(study, held)]));
      // One scale for all switches, so that bars can be compared across them.
      const differences = [...cells.values()].flatMap((all) => [...all.values()].map(({ comparison }) => Math.abs(comparison?.mean ?? 0)));
      return { cells, study: studies.find(({ kind }) => kind === chosen)!.study, most: Math.max(1e-9, ...differences) };
    } catch (error) {
      return (error as Error).message;
    }
  }, [draft, facts, kinds, chosen, rate, seeds, lines]);
  const rates = useMemo(() => (byRate && typeof found !== 'string' ? rateView(gridStudy(draft, facts, { compensation: chosen, rates: RATES, seeds }), [...lines.values()]) : undefined), [byRate, found, draft, facts, chosen, seeds, lines]);
  if (typeof found === 'string') return <p className="problem">What is on the cards cannot be compared: {found}.</p>;
  const study = rates?.study ?? found.study;
  const cells = found.cells.get(chosen)!;
  const names = [...cells.keys()];
  const run = (some: readonly string[]) => queue.add(runsOf(study, some));
  const open = runsOf(study, names).filter(({ link }) => !lines.has(link));
  const seconds = secondsOf(open.map(({ link }) => link), page);
  const isOf = (cell: Cell) => (link: string) => cell.trials.some((trial) => trial.link === link);
  const shownCell = (name: string, title: string, glyph?: ReactNode) => {
    const cell = cells.get(name)!;
    const before = last === undefined || last === chosen ? undefined : found.cells.get(last)?.get(name)?.comparison?.mean;
    return (
      <GridCell
        cell={cell} title={title} glyph={glyph} most={found.most} before={before} seeds={seeds} onRun={() => run([name])}
        going={going !== undefined && isOf(cell)(going.link)} waiting={waiting.filter(({ link }) => isOf(cell)(link)).length}
      />
    );
  };
  const joined = chosen === 'none' ? 'HiddenKey⁻' : `HiddenKey, ${WORDS[chosen]}`;
  return (
    <section className="texts" aria-labelledby="grid-title">
      <div className="chart-head">
        <h3 id="grid-title">Where to drop, and in what shape</h3>
        <Segmented label="Shown as" value={byRate ? 'rates' : 'cells'} options={[{ value: 'cells', label: 'cells' }, { value: 'rates', label: 'by rate' }]} onChange={(value) => setByRate(value === 'rates')} />
      </div>
      <div className="grid-choices">
        <span className="tool"><span>second pass</span><Segmented label="Second pass over the whole grid" value={chosen} options={kinds.map((kind) => ({ value: kind, label: WORDS[kind] ?? kind, title: kind === 'none' ? 'One pass a step' : 'Two passes a step, pulled together: about twice the time of one' }))} onChange={(value) => { setLast(chosen); setCompensation(value); }} /></span>
        {!byRate && <label className="tool">rate <select aria-label="Rate of the grid" value={rate} onChange={(event) => setRate(Number(event.target.value))}>{RATES.map((value) => <option key={value} value={value}>{value}</option>)}</select></label>}
        <label className="tool">seeds <select aria-label="Seeds of the grid" value={seeds} onChange={(event) => setSeeds(Number(event.target.value))}>{SEEDS.map((value) => <option key={value} value={value}>1{value > 1 && `–${value}`}</option>)}</select></label>
        <button type="button" className="button filled" disabled={open.length === 0} onClick={() => run(names)}>Run all</button>
      </div>
      <p className="small muted">
        {open.length === 0 ? 'All runs are there.' : `${open.length} runs to go${seconds === undefined ? '; the time is known after the first' : `, about ${roughly(seconds)}`}${memory === undefined ? '' : `, ${bytes(memory)}`}.`}
        {' '}Everything else is as on the cards, dropout there aside.
      </p>
      {rates ? (
        <figure className="study-figure">
          <Picture svg={rates.picture} label="Best validation score by rate" />
          <figcaption className="small muted">Best validation score by rate, mean over seeds; <a href="https://arxiv.org/abs/2403.00812">figure 4 of the paper</a> has the same for RoBERTa-large.</figcaption>
          <details className="more"><summary>As a table</summary><ResultTable table={rates.table} /></details>
        </figure>
      ) : (
        <>
          <div className="grid-baselines">{names.filter((name) => !name.includes(', ') && name !== JOINED).map((name) => <div key={name}><h4>{name}</h4>{shownCell(name, name)}</div>)}</div>
          <div className="grid-cells">
            <span className="grid-corner" />
            {PATTERNS.map((pattern) => <h4 key={pattern}>{pattern}</h4>)}
            {GRID_POSITIONS.map((position) => (
              <Fragment key={position}>
                <div className="grid-row"><h4>{GRID_TITLES[position]}</h4><p className="small muted">{SITES[position]}</p><button type="button" className="button link quiet" onClick={() => run(PATTERNS.map((pattern) => cellName(position, pattern)))} aria-label={`Run the row ${GRID_TITLES[position]}`}>run row</button></div>
                {PATTERNS.map((pattern) => <Fragment key={pattern}>{shownCell(cellName(position, pattern), cellName(position, pattern), <MaskGlyph position={position} rule={{ p: rate, pattern }} size={48} />)}</Fragment>)}
              </Fragment>
            ))}
            <span className="grid-joint" aria-hidden="true"><em>{joined}</em></span>
          </div>
          <div className="grid-joined"><h4>{joined}</h4><p className="small muted">the line in the grid: DropKey by columns and HiddenCut by elements at once</p>{shownCell(JOINED, joined)}</div>
          <p className="small muted">Test score at the step that validation chose, mean ± sd over seeds; a bar to the right is better than {BASELINE}, a tick is the switch before. {names.length - 1} comparisons, so p is adjusted by Holm: no winner is named under five seeds or where the 95 % interval holds 0. A small model on little data; the <a href="https://arxiv.org/abs/2403.00812">paper’s figures</a> are for RoBERTa-large.</p>
          <details className="more"><summary>As tables</summary>{tablesOf(found.study, lines).map((table) => <ResultTable key={table.caption} table={table} />)}</details>
        </>
      )}
    </section>
  );
}
