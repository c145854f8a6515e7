/** Reads tables for the page: files of this visit, datasets elsewhere, and what they are in tokens. */
import { understandData } from '../config/dataSources';
import { readReference, referenceText } from '../config/sources';
import { PARTS, type Part, type TableMapping } from '../config/tables';
import type { DatasetOffer } from '../protocol/datasetMessages';
import type { TableRows } from '../protocol/rowMessages';
import type { Example } from '../protocol/tableMessages';
import type { FromTables, LentTokenizer, LoadAsked, MeasureAsked, ReadTable, ToTables } from '../protocol/tableReading';
import { namedDataset, offeredDataset } from '../sources/datasets';
import { localSource } from '../sources/files';
import type { Places } from '../sources/open';
import { remembering } from '../sources/remembering';
import type { Source } from '../sources/source';
import { type OpenedTable, openTable, type OpenOptions } from '../tables/openTable';
import { type Files, partOf, partsOf } from '../tables/parts';
import { measureTable } from './measureTable';

/** Rows that the page shows; the others stay here. */
const PREVIEW = 8;
/** Enough of a text to see what it is. */
const SHOWN = 2000;
/** Between two messages about what has come. */
const TELL_EVERY_MS = 250;

const short = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);

/** Copies rows with their long texts cut, which the page would only lay out in vain. */
function shortened<T>(value: T): T {
  if (typeof value === 'string') return short(value) as T;
  if (Array.isArray(value)) return value.map(shortened) as T;
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shortened(inner)])) as T;
  return value;
}

/** What each file is for, the other way round. @throws where nothing is left to train on */
function filesFor(paths: readonly string[], parts: Record<string, Part> | undefined): Files {
  const chosen = (part: Part) => paths.filter((path) => parts?.[path] === part);
  const files = parts ? { training: chosen('training'), ...Object.fromEntries(PARTS.slice(1).map((part) => [part, chosen(part)]).filter(([, of]) => of.length > 0)) } : partsOf(paths);
  if (!files || files.training.length === 0) throw new Error(`none of ${paths.join(', ')} is for training; choose one for it`);
  return files;
}

type DeskPlaces = Pick<Places, 'endpoint' | 'datasetsServer' | 'allowed' | 'patience'>;

export class TableDesk {
  /** A dataset that was looked at, so that it is asked for once. */
  private far: { reference: string; source: Source } | undefined;
  private last: { table: TableMapping; rows: TableRows; preview: Example[] } | undefined;
  private token: string | undefined;
  private measuring = 0;

  constructor(private readonly post: (answer: FromTables) => void, private readonly places: DeskPlaces) {}

  /** Never rejects. */
  async handle(asked: ToTables): Promise<void> {
    const { id } = asked;
    if (asked.type === 'authorise') this.token = asked.token;
    else await this.answer(asked).then((answer) => answer && this.post({ id, ...answer }), (error: unknown) => this.post({ id, detail: (error as Error).message }));
  }

  private async answer(asked: Exclude<ToTables, { type: 'authorise' }>): Promise<ReadTable | { offer: DatasetOffer } | { measured: Awaited<ReturnType<typeof measureTable>> & object } | undefined> {
    switch (asked.type) {
      case 'offer': return { offer: await this.offer(asked.text) };
      case 'measure': return this.measure(asked);
      case 'load': return this.load(asked.id, asked);
      case 'read': {
        const source = await localSource(asked.name, asked.files);
        const files = filesFor((await source.list()).map(({ path }) => path), asked.parts);
        const opened = await openTable(source, files, asked.wishes, asked.seed, { preset: asked.preset });
        return this.taken(opened, files, referenceText({ kind: 'local', name: asked.name, fingerprint: opened.fingerprint }));
      }
    }
  }

  private async offer(text: string): Promise<DatasetOffer> {
    const named = understandData(text);
    if ('problem' in named) throw new Error(named.problem);
    const { source, offer } = await offeredDataset(named, { ...this.places, token: this.token });
    this.far = { reference: offer.source, source: remembering(source) };
    const configurations = offer.configurations.map(({ name, splits }) => {
      const free = new Set<Part>(PARTS);
      return { name, splits: splits.map((split) => {
        const part = splits.length === 1 ? 'training' : partOf(split.name);
        return part && free.delete(part) ? { ...split, part } : split;
      }) };
    });
    const { configuration } = named;
    return { ...offer, configurations: configurations.toSorted((one, other) => Number(other.name === configuration) - Number(one.name === configuration)) };
  }

  private async load(id: number, { source: reference, parts, wishes, seed, preset }: LoadAsked): Promise<ReadTable> {
    const named = readReference(reference);
    if (named?.kind !== 'hub' && named?.kind !== 'address') throw new Error(`${reference} is no dataset; choose one again`);
    if (this.far?.reference !== reference) this.far = { reference, source: remembering(await namedDataset(named, { ...this.places, token: this.token })) };
    let told = 0;
    const progress: OpenOptions['progress'] = (bytes) => {
      if (performance.now() - told < TELL_EVERY_MS) return;
      told = performance.now();
      this.post({ id, bytes });
    };
    const files = filesFor(Object.keys(parts), parts);
    return this.taken(await openTable(this.far.source, files, wishes, seed, { preset, progress }), files, reference);
  }

  private taken({ report, preview, sets, table, rows, fingerprint }: OpenedTable, files: Files, source: string): ReadTable {
    const first = preview.slice(0, PREVIEW);
    this.last = table && { table, rows, preview: first };
    return {
      report: shortened(report), preview: shortened(first), sets, fingerprint,
      parts: Object.fromEntries(Object.entries(files).flatMap(([part, paths]) => (paths ?? []).map((path) => [path, part as Part]))),
      ...(table && { handed: { source, table, rows: new Blob([JSON.stringify(rows)]) } }),
    };
  }

  private async measure({ model, tokenizer, longest }: MeasureAsked) {
    const mine = ++this.measuring;
    const { last } = this;
    if (!last) throw new Error('no table was read; give one');
    const lent = JSON.parse(await tokenizer.text()) as LentTokenizer;
    const pause = () => new Promise<boolean>((resolve) => setTimeout(() => resolve(mine === this.measuring), 0));
    const { rows, table } = last;
    const measured = await measureTable({ table, training: rows.training, preview: last.preview }, model, lent, longest, pause);
    if (!measured) throw new Error('the table was measured anew');
    return { measured: { ...measured, preview: shortened(measured.preview) } };
  }
}
