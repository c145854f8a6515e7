import { useMemo, useRef, useState, type DragEvent } from 'react';
import { EXPERIMENTS, linesOf, markdownOf, readBrought, roughly, secondsOf, type Study, viewOf } from '../../../store/compare/studies';
import { grouped } from '../../../protocol/format';
import { download } from '../../download';
import { usePlayground, useQueue } from '../../kit/context';
import { Picture, ResultTable } from './ResultTable';

/** A study that comes along or is brought: what it asks, how long it takes, and what has come out of it so far. */
export function StudyPane() {
  const page = usePlayground();
  const { queue } = page;
  const lines = useQueue((state) => state.lines);
  const texts = useQueue((state) => state.studies);
  const brought = useMemo(() => Object.entries(texts).flatMap(([name, text]) => {
    const read = readBrought(text, name);
    return read.kind === 'study' ? [read.study] : [];
  }), [texts]);
  const [study, setStudy] = useState<Study>(EXPERIMENTS[0]);
  const [seeds, setSeeds] = useState(study.seeds.length);
  const [said, setSaid] = useState('');
  const file = useRef<HTMLInputElement>(null);
  const held = useMemo(() => [...lines.values()], [lines]);
  const view = useMemo(() => viewOf(study, seeds, held), [study, seeds, held]);
  const choose = (chosen: Study) => {
    setStudy(chosen);
    setSeeds(chosen.seeds.length);
  };
  const take = async (files: Iterable<File>) => {
    for (const one of files) {
      const text = await one.text();
      const read = readBrought(text, one.name);
      if (read.kind === 'neither') setSaid(read.sentence);
      else if (read.kind === 'lines') {
        queue.addLines(read.lines);
        setSaid(read.note);
      } else {
        queue.addStudies({ [read.study.name]: text });
        choose(read.study);
        setSaid('');
      }
    }
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    void take(event.dataTransfer.files);
  };
  const open = view.runs.filter(({ link }) => !lines.has(link));
  const seconds = secondsOf(open.map(({ link }) => link), page);
  const all = [...EXPERIMENTS.filter(({ name }) => !brought.some((one) => one.name === name)), ...brought];
  return (
    <section className="texts" aria-labelledby="study-title" data-takes-tables onDragOver={(event) => event.preventDefault()} onDrop={drop}>
      <div className="chart-head">
        <h3 id="study-title">{study.title}</h3>
        <select aria-label="Study" value={study.name} onChange={(event) => choose(all.find(({ name }) => name === event.target.value)!)}>
          {all.map(({ name, title }) => <option key={name} value={name}>{title}</option>)}
        </select>
        <select aria-label="Seeds of the study" value={seeds} onChange={(event) => setSeeds(Number(event.target.value))}>
          {study.seeds.map((_, index) => <option key={index} value={index + 1}>{index + 1} {index === 0 ? 'seed' : 'seeds'}</option>)}
        </select>
      </div>
      <p>{study.question}</p>
      <p className="small muted">
        {grouped(view.runs.length)} runs, {grouped(view.runs.length - open.length)} of them there; {open.length === 0 ? 'nothing to do' : seconds === undefined ? 'the time is known after the first run' : `the others take about ${roughly(seconds)} by the runs so far`}.
        {' '}Validation chooses rate and step, the test rows are scored once, and no winner is named under five seeds or where the interval holds 0.
      </p>
      <p className="banner-actions">
        <button type="button" className="button filled" disabled={open.length === 0} onClick={() => setSaid(`${queue.add(open)} runs wait in the queue.`)}>Run {grouped(open.length)}</button>
        <button type="button" className="button" onClick={() => file.current?.click()}>Bring a study or results</button>
        {view.done > 0 && <button type="button" className="button" onClick={() => download(linesOf(study, lines), `${study.name}.jsonl`, 'application/jsonl')}>Results as JSON lines</button>}
        {view.done > 0 && <button type="button" className="button" onClick={() => download(markdownOf(study, held), `${study.name}.md`, 'text/markdown')}>Page as Markdown</button>}
      </p>
      <input ref={file} type="file" accept=".json,.jsonl" multiple hidden aria-label="File of a study or of results" onChange={(event) => {
        void take([...event.target.files ?? []]);
        event.target.value = '';
      }} />
      <p className="small" role="status">{said}</p>
      {view.done > 0 && <Picture svg={view.picture} label={`${study.title}, drawn`} />}
      {view.tables.map((table) => <ResultTable key={table.caption} table={table} />)}
    </section>
  );
}
