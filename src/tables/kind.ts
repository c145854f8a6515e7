/** What is to be learned from the labels of a column: classes or a number. */
import { visible } from '../protocol/visible';
import type { ColumnFacts } from './columns';
import { balance, doubtfulNones, isMinusOne, isNoLabel, labelText, minusOne, sameNumbers, spellingsOf, type Spellings } from './labels';
import { count, listed } from './lines';
import { SCORE_NAMES, plainName } from './names';
import { decimalOf, isNumeric, scoreOf, type FoundNumbers } from './numbers';
import type { Wishes } from '../protocol/tableMessages';
import type { Doubt, Table } from './report';

export interface Labelling {
  target: 'classes' | 'number';
  /** For classes. */
  spellings: Spellings;
  /** Labels that mean that there is none. */
  none: Set<string>;
  numbers: FoundNumbers;
  notes: string[];
}

/** Whole numbers of so few values are classes unless the column is called a score. */
const MOST_CODES = 10;

export function labellingOf(table: Table, facts: ColumnFacts, wishes: Wishes, doubts: Doubt[]): Labelling {
  const notes: string[] = [];
  const counts = new Map<string, number>();
  for (const { cells } of table.records) {
    if (table.names && cells.length !== table.width) continue;
    const label = labelText(cells[facts.at]);
    if (label !== undefined && label.trim() !== '') counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const target = wishes.target === 'classes' || wishes.target === 'number' ? wishes.target : wishes.problem === 'regression' ? 'number' : wishes.problem === 'classification' ? 'classes' : targetOf(facts, counts, doubts);
  const numbers = numbersOf(table, counts, wishes, target, doubts, notes);
  const join = wishes.join_labels ?? true;
  const spellings = spellingsOf(counts, join);
  const none = new Set(wishes.no_label ?? []);
  if (target === 'number') {
    minusOneOfScores(counts, none, numbers, wishes, doubts, notes);
    halfScores(counts, none, numbers, wishes, doubts);
  }
  if (target === 'classes') {
    spellingNotes(spellings, join, wishes, doubts, notes);
    noneNotes(spellings, counts, none, wishes, doubts, notes);
  }
  return { target, spellings, none, numbers, notes };
}

function targetOf({ numbers, whole, filled, values, hasManyValues, name = '' }: ColumnFacts, counts: ReadonlyMap<string, number>, doubts: Doubt[]): 'classes' | 'number' {
  const isScore = SCORE_NAMES.has(plainName(name)) || /score|rating/i.test(name);
  const hasZeros = [...values.keys()].some((value) => /^[+-]?0\d+$/.test(value));
  const others = [...counts].filter(([label]) => !isNumeric(label));
  const othersRepeat = others.some(([, many]) => many > 2 && many > filled / 20) && !others.every(([label]) => doubtfulNones([label.trim()]).length > 0);
  const isMostlyNumbers = numbers >= 0.8 * filled || (numbers >= 0.5 * filled && (isScore || whole < numbers) && !othersRepeat);
  if (!isMostlyNumbers || hasZeros) return 'classes';
  const ask = (first: 'classes' | 'number', why: string) => {
    doubts.push({ about: 'kind', question: `${why}: are they classes, or a score to be predicted?`, choices: first === 'classes' ? [{ target: 'classes' }, { target: 'number' }] : [{ target: 'number' }, { target: 'classes' }] });
    return first;
  };
  const distinct = values.size;
  if (whole < numbers) return distinct <= 4 && filled >= 5 * distinct ? ask('number', `The labels are numbers with fractions, but only ${count(distinct, 'value')} in ${count(filled, 'row')}`) : 'number';
  if (!hasManyValues && distinct <= MOST_CODES) {
    if (isScore && distinct > 2) return ask(/similar|related|^score$/i.test(name) ? 'number' : 'classes', `The labels are ${distinct} whole numbers in a column called ${name}`);
    if (distinct > 2 && distinct === filled) return ask('number', 'Every label is another whole number');
    return 'classes';
  }
  const list = [...values.keys()].map(Number).sort((a, b) => a - b);
  const isRun = !hasManyValues && list[0] >= 0 && list[0] <= 1 && list.at(-1)! - list[0] === distinct - 1 && filled >= 3 * distinct;
  if (isScore || !isRun) return hasManyValues || distinct > filled / 3 ? 'number' : ask('number', `The labels are ${distinct} different whole numbers`);
  return ask('classes', `The labels are the whole numbers ${list[0]} to ${list.at(-1)}`);
}

function numbersOf({ delimiter }: Table, counts: ReadonlyMap<string, number>, wishes: Wishes, target: string, doubts: Doubt[], notes: string[]): FoundNumbers {
  if (target !== 'number') return { decimal: 'point', isMixed: false, isUnsure: false };
  if (wishes.decimal) return { decimal: wishes.decimal, isMixed: false, isUnsure: false };
  const found = decimalOf(counts.keys(), delimiter);
  if (found.isUnsure) {
    const choices = [{ decimal: 'point' as const }, { decimal: 'comma' as const }];
    doubts.push({ about: 'numbers', question: 'Is the comma in the scores a decimal sign (1,234 is a little more than one), or does it part thousands?', choices: found.decimal === 'point' ? choices : choices.reverse() });
  }
  if (found.isMixed) notes.push('Some scores have a decimal comma and some a point; each was read by its own sign.');
  else if (found.decimal === 'comma') notes.push('Scores have a decimal comma and were read as such (3,5 is three and a half).');
  else if ([...counts.keys()].some((cell) => /\d,\d{3}/.test(cell))) notes.push('Commas in the scores were read as marks between thousands.');
  if ([...counts.keys()].some((cell) => cell.trim().endsWith('%'))) notes.push('The signs of percent were left out of the scores (85% is 85).');
  const halves = [...counts.keys()].filter((cell) => /^[+-]?(\d+[.,]|[.,]\d+)$/.test(cell.trim()) && scoreOf(cell, found) !== undefined);
  if (halves.length > 0) notes.push(`Scores without digits on one side of the sign (${listed(halves.map((cell) => cell.trim()), 4)}) were read as numbers.`);
  return found;
}

/** −1 among scores that are all zero or more stands for none in test sets. */
function minusOneOfScores(counts: ReadonlyMap<string, number>, none: Set<string>, numbers: FoundNumbers, wishes: Wishes, doubts: Doubt[], notes: string[]): void {
  if (wishes.no_label !== undefined) return;
  const scores = [...counts].map(([cell, many]) => ({ cell: cell.trim(), many, score: scoreOf(cell, numbers) })).filter(({ score }) => score !== undefined);
  const minus = scores.filter(({ score }) => score === -1);
  if (minus.length === 0 || scores.some(({ score }) => score! < 0 && score !== -1)) return;
  for (const { cell } of minus) none.add(cell);
  const rows = count(minus.reduce((sum, { many }) => sum + many, 0), 'row');
  notes.push(`−1 was read as "no score" (${rows}), since no other score is below zero; those rows are set aside.`);
  doubts.push({ about: 'labels', question: `Is −1 a score (${rows}), or does it stand for "no score"?`, choices: [{ no_label: minus.map(({ cell }) => cell) }, { no_label: [] }] });
}

/** Scores that end in their decimal sign: whole numbers, or numbers of which the end is lost. */
function halfScores(counts: ReadonlyMap<string, number>, none: ReadonlySet<string>, numbers: FoundNumbers, wishes: Wishes, doubts: Doubt[]): void {
  if (wishes.no_label !== undefined) return;
  const halves = [...counts.keys()].map((cell) => cell.trim()).filter((cell) => /^[+-]?\d+[.,]$/.test(cell) && scoreOf(cell, numbers) !== undefined);
  if (halves.length === 0) return;
  doubts.push({ about: 'numbers', question: `Are scores without digits behind the sign (${listed(halves, 4)}) whole numbers, or was their end lost?`, choices: [{ no_label: [...none] }, { no_label: [...none, ...halves] }] });
}

function spellingNotes({ several }: Spellings, join: boolean, wishes: Wishes, doubts: Doubt[], notes: string[]): void {
  const names = Object.keys(several);
  if (names.length === 0) return;
  const lists = names.map((name) => `${visible(name)} (${listed(Object.entries(several[name]).map(([spelling, many]) => `"${spelling}" ${many}`), 10)})`);
  notes.push(`${names.length === 1 ? 'One label is' : `${names.length} labels are`} spelled in several ways, which differ in case, spaces or characters that nobody sees: ${lists.join('; ')}. ${join ? 'They were joined.' : 'They were not joined.'}`);
  if (wishes.join_labels === undefined) doubts.push({ about: 'labels', question: 'Are these spellings one label each?', choices: [{ join_labels: true }, { join_labels: false }] });
}

/** −1, and words that may be a class or say that there is none. */
function noneNotes({ labelOf }: Spellings, counts: ReadonlyMap<string, number>, none: Set<string>, wishes: Wishes, doubts: Doubt[], notes: string[]): void {
  const byLabel = new Map<string, number>();
  for (const [cell, many] of counts) byLabel.set(labelOf.get(cell)!, (byLabel.get(labelOf.get(cell)!) ?? 0) + many);
  const labels = [...byLabel.keys()];
  for (const label of labels) if (isNoLabel(label)) none.add(label);
  const rows = (label: string) => count(byLabel.get(label) ?? 0, 'row');
  if (wishes.no_label === undefined) {
    const state = minusOne(labels.filter((label) => !isNoLabel(label)));
    const minus = labels.find(isMinusOne);
    if (minus !== undefined && state === 'only') {
      none.add(minus);
      notes.push('Every label is −1, which stands for "no label" in test sets whose labels are kept back.');
    } else if (minus !== undefined) {
      const isPlain = labels.length === 2 && labels.includes('1');
      if (state === 'none') none.add(minus);
      notes.push(state === 'class' ? `−1 was read as a class of its own (${rows(minus)}).` : `−1 was read as "no label" (${rows(minus)}), as in test sets whose labels are kept back; those rows are set aside.`);
      if (!isPlain) doubts.push({ about: 'labels', question: `Is −1 a class (${rows(minus)}), or does it stand for "no label"?`, choices: state === 'class' ? [{ no_label: [] }, { no_label: [minus] }] : [{ no_label: [minus] }, { no_label: [] }] });
    }
    for (const word of doubtfulNones(labels.filter((label) => !isNoLabel(label)))) {
      const isMark = /^(-|--|\?|\.)$/.test(word) && labels.length > 2;
      if (isMark) none.add(word);
      notes.push(isMark ? `The mark ${word} was read as "no label" (${rows(word)}).` : `The word ${word} was read as a class like any other (${rows(word)}).`);
      doubts.push({ about: 'labels', question: `Is ${word} a class (${rows(word)}), or does it say that there is no label?`, choices: isMark ? [{ no_label: [word] }, { no_label: [] }] : [{ no_label: [] }, { no_label: [word] }] });
    }
  }
  const words = labels.filter((label) => /^(true|false|yes|no)$/i.test(label));
  if (words.length > 0 && labels.some((label) => label === '0' || label === '1')) {
    notes.push(`The labels mix words (${listed(words)}) and numbers; they are kept apart.`);
    doubts.push({ about: 'labels', question: 'Are the words and the numbers among the labels different classes?', choices: [{ join_labels: true }, { no_label: words }] });
  }
  for (const group of sameNumbers(labels)) {
    notes.push(`The labels ${listed(group)} are one number written differently; they are kept apart.`);
    doubts.push({ about: 'labels', question: `The labels ${listed(group)} are one number: is the file as it should be, or are they scores?`, choices: [{ target: 'classes' }, { target: 'number' }] });
  }
}

/** What a reader should know of the classes. */
export function balanceNotes(counts: Readonly<Record<string, number>>): string[] {
  const entries = Object.entries(counts);
  const rows = entries.reduce((sum, [, many]) => sum + many, 0);
  if (entries.length < 2) return [];
  const [name, most] = entries.reduce((best, entry) => (entry[1] > best[1] ? entry : best));
  const single = entries.filter(([, many]) => many === 1).map(([label]) => visible(label));
  return [
    `${count(entries.length, 'class', 'classes')}: ${balance(counts)}. Always answering ${visible(name)} would be right in ${((100 * most) / rows).toFixed(1)} %.`,
    ...(single.length > 0 && rows > entries.length ? [`${listed(single)} ${single.length === 1 ? 'has' : 'have'} one row only: too few to learn from and to be tested on.`] : []),
    ...(entries.length > 30 && entries.length > rows / 5 ? [`That is many classes for ${rows} rows; if the column is not a class, choose another label.`] : []),
  ];
}
