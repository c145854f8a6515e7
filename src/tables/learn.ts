/** A table → the rows to learn from, with the report. */
import { withConversations, withTurnsJoined } from './conversations';
import { factsOf, isFreeText, type ColumnFacts } from './columns';
import { sortRecords, type Flaws, type Sorted } from './examples';
import { balanceNotes, labellingOf } from './kind';
import { listed } from './lines';
import { badNotes, repeatNotes, roleNotes, wordNotes } from './notes';
import { columnOf, findRoles, type Roles } from './roles';
import { repeatsOf } from './shape';
import type { Example, Problem, Question, Reading, Report, Target, Wishes } from '../protocol/tableMessages';
import { NoTable, type Doubt, type Table } from './report';

export interface Imported {
  report: Report;
  /** All usable rows, in the order of the file. */
  examples: Example[];
}

/** Reasons are listed for so many rows; how many there are in all is said. */
const MOST_BAD_ROWS = 10_000;
/** Previews of another reading look at so many records of a long file. */
const PREVIEW_RECORDS = 20_000;

/** How another reading of the text is had, where there is one. */
export interface Again {
  redo: (choose: Wishes) => Imported;
  isPart: boolean;
}

const OF_THE_TEXT: readonly Doubt['about'][] = ['encoding', 'delimiter', 'quoting', 'header'];

/** A table → what is to be learned from it. `again` is there where another reading of the text may be previewed. */
export function learn(name: string, read: Table, wishes: Wishes, before: readonly string[], flaws: Flaws, again: Again | undefined, isPreview = false): Imported {
  const table = withTurnsJoined(withConversations(read), wishes);
  const doubts: Doubt[] = [...table.doubts];
  const facts = factsOf(table);
  const roles = orWritten(findRoles(table, facts, wishes, doubts), table, facts, wishes, doubts);
  const labelling = roles.label === undefined ? undefined : labellingOf(table, facts[roles.label], wishes, doubts);
  const sorted = sortRecords(table, roles, labelling, flaws);
  const { examples, bad, labelCounts, range } = sorted;
  const found = problemOf(table, roles, labelling?.target, sorted, doubts);
  const notes = [...before, ...table.notes, ...roleNotes(table, roles, ignoredOf(table, roles)), ...(labelling?.notes ?? []), ...(found.target === 'classes' && found.problem !== 'refused' ? balanceNotes(labelCounts) : []), ...wordNotes(examples), ...found.notes, ...badNotes(bad.length, examples.length, table, bad)];
  const isRefused = found.problem === 'refused';
  const repeats = isPreview || isRefused ? undefined : repeatsOf(examples);
  if (repeats) notes.push(...repeatNotes(repeats, examples));
  const report: Report = {
    file: name, rows: isRefused ? 0 : examples.length, rows_read: table.records.length + table.bad.length,
    columns: { header_line: table.headerLine, names: table.names ?? [], ...rolesOf(table, roles), ignored: ignoredOf(table, roles).map((at) => columnOf(table, at)) },
    labels: found.target === 'classes' || isRefused ? sorted.labels : [],
    ...(found.target === 'classes' || (isRefused && Object.keys(labelCounts).length > 0) ? { label_counts: labelCounts } : {}), ...(range ? { range } : {}),
    ...(examples.length > 0 ? { first: shown(examples[0]), last: shown(examples.at(-1)!) } : {}),
    bad_rows: bad.slice(0, MOST_BAD_ROWS), ...(bad.length > MOST_BAD_ROWS ? { bad_rows_in_all: bad.length } : {}),
    delimiter: table.delimiter, quoting: table.quoting, encoding: table.encoding, newline: table.newline, problem: found.problem, target: found.target, notes, questions: [],
    ...(labelling && Object.keys(labelling.spellings.several).length > 0 && found.target === 'classes' ? { spellings: labelling.spellings.several } : {}),
    ...(repeats && repeats.repeated > 0 ? { repeated: repeats.repeated } : {}), ...(repeats && repeats.contradicting > 0 ? { contradicting: repeats.contradicting } : {}), ...classNamesOf(table, roles, wishes),
  };
  const imported = { report, examples: isRefused ? [] : examples };
  if (!isPreview && (again || table.quoting === 'none')) report.questions = doubts.map((doubt) => questionOf(doubt, imported, name, read, wishes, flaws, again));
  return imported;
}

/** A row for people: its texts, and of turns what is said by whom, not what only templates and scores read. */
const shown = ({ tools: _, category: _category, prompt_turns: _given, messages, ...row }: Example): Example => (messages ? { ...row, messages: messages.map(({ role, content }) => ({ role, content })) } : row);

/** Labels that are sentences, each another one, are texts to be written. */
function orWritten(roles: Roles, table: Table, facts: readonly ColumnFacts[], wishes: Wishes, doubts: Doubt[]): Roles {
  const { text, text2, label } = roles;
  if (label === undefined || text === undefined || text2 !== undefined || wishes.problem || wishes.target || wishes.label !== undefined) return roles;
  const { values, filled, hasManyValues, spaced } = facts[label];
  if (!isFreeText(facts[label]) || filled < 4 || (!hasManyValues && values.size < 0.9 * filled) || spaced < 0.6 * filled) return roles;
  const [from, to] = [columnOf(table, text), columnOf(table, label)];
  doubts.push({ about: 'kind', question: `Nearly every row has another ${to}: is it a text to be written, or a label?`, choices: [{ prompt: [from], target_text: to }, { text: from, label: to, target: 'classes' }] });
  return { prompt: [text], target: label };
}

function questionOf({ about, question, choices }: Doubt, taken: Imported, name: string, table: Table, wishes: Wishes, flaws: Flaws, again: Again | undefined): Question {
  const isOfText = OF_THE_TEXT.includes(about);
  const isPart = isOfText ? again?.isPart === true : table.records.length > PREVIEW_RECORDS;
  const part: Table = { ...table, doubts: [], records: table.records.slice(0, PREVIEW_RECORDS), bad: isPart ? [] : table.bad };
  const readings = choices.map((choose, index): Reading => {
    const isTaken = index === 0;
    const { report } = isTaken && !isPart ? taken : isOfText ? safely(name, () => again!.redo(choose)) : safely(name, () => learn(name, part, { ...wishes, ...choose }, [], flaws, undefined, true));
    const { rows, bad_rows, problem, label_counts, range, first } = report;
    const counts = label_counts && Object.keys(label_counts).length > 20 ? undefined : label_counts;
    return { choose, taken: isTaken, rows, bad_rows: bad_rows.length, problem, ...(counts ? { label_counts: counts } : {}), ...(range ? { range } : {}), ...(first ? { first } : {}) };
  });
  return { about, question, readings, ...(isPart ? { of: isOfText ? 'the first megabyte' : `the first ${PREVIEW_RECORDS} records` } : {}) };
}

function safely(name: string, read: () => Imported): Imported {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof NoTable)) throw error;
    return refused(name, error.message);
  }
}

/** What is learned, or why nothing can be. */
function problemOf(table: Table, roles: Roles, target: 'classes' | 'number' | undefined, { examples, labels, range, bad }: Sorted, doubts: Doubt[]): { problem: Problem; target: Target; notes: string[] } {
  const refuse = (note: string, kind: Target = 'none') => ({ problem: 'refused' as const, target: kind, notes: [note] });
  if (table.records.length + table.bad.length === 0) return refuse(table.names ? `The file has a header (${listed(table.names, 10)}) and no rows. Give one with rows.` : 'The file has no rows.');
  if (table.records.length === 0) return refuse(`None of the ${bad.length} records could be read (${listed([...new Set(bad.map(({ reason }) => reason))], 4)}).`);
  if (roles.target !== undefined) return examples.length === 0 ? refuse('No row has both a prompt and a text to write.', 'text') : { problem: 'generation', target: 'text', notes: [] };
  if (roles.label === undefined) return refuse(`No column was found that could be a label${roles.text === undefined ? '' : `; there is only text (${columnOf(table, roles.text)})`}. Choose the columns, or give a file with a label or an answer to each text.`);
  if (roles.text === undefined) return refuse('No column was found that could be a text. Choose the columns.');
  if (examples.length === 0) return refuse(noLabels(bad.length, bad.map(({ reason }) => reason)));
  const isPair = roles.text2 !== undefined;
  if (target === 'number') return range![0] === range![1] ? refuse(`Every score is ${range![0]}: there is nothing to tell apart.`, 'number') : { problem: isPair ? 'pairs' : 'regression', target: 'number', notes: [] };
  if (labels.length === 1) return refuse(`Every usable row has the same label (${labels[0]}): a classifier needs two classes or more.`, 'classes');
  if (labels.length === examples.length && examples.length > 3) {
    const choices = [{ target: 'classes' as const }, { prompt: [columnOf(table, roles.text)], target_text: columnOf(table, roles.label) }];
    doubts.push({ about: 'kind', question: `Each of the ${examples.length} labels stands once. Are they texts to be written?`, choices });
    return refuse(`Each row has a label of its own (${labels.length} labels in ${examples.length} rows): nothing can be learned from one row a class. Choose another column, or generation if they are texts to be written.`, 'classes');
  }
  return { problem: isPair ? 'pairs' : 'classification', target: 'classes', notes: [] };
}

function noLabels(many: number, reasons: readonly string[]): string {
  const isTest = reasons.every((reason) => /label/.test(reason));
  return `${many === 1 ? 'The only row' : `None of the ${many} rows`} can be used (${listed([...new Set(reasons)], 4)})${isTest ? ': a test set, perhaps, whose labels were kept back; give the training set' : ''}.`;
}

function rolesOf(table: Table, { text, text2, label, prompt, target }: Roles) {
  const column = (at: number) => columnOf(table, at);
  return {
    ...(text === undefined ? {} : { text: column(text) }), ...(text2 === undefined ? {} : { text2: column(text2) }), ...(label === undefined ? {} : { label: column(label) }),
    ...(prompt === undefined ? {} : { prompt: prompt.map(column) }), ...(target === undefined ? {} : { target_text: column(target) }),
  };
}

function ignoredOf(table: Table, { text, text2, label, prompt = [], target, tools }: Roles): number[] {
  const used = new Set([text, text2, label, target, tools, ...prompt]);
  return Array.from({ length: table.width }, (_, at) => at).filter((at) => !used.has(at));
}

function classNamesOf({ classNames, names }: Table, { label }: Roles, { label_names: wished }: Wishes): Pick<Report, 'label_names'> {
  const found = label === undefined ? undefined : wished ?? classNames?.[names?.[label] ?? ''];
  return found ? { label_names: found } : {};
}

/** What is said of a file that is no table. */
export function refused(name: string, why: string): Imported {
  const report: Report = { file: name, rows: 0, rows_read: 0, columns: { header_line: null, names: [], ignored: [] }, labels: [], bad_rows: [], delimiter: 'none', quoting: 'none', encoding: 'none', newline: 'none', problem: 'refused', target: 'none', notes: [why], questions: [] };
  return { report, examples: [] };
}
