/** What stands in the way of a configuration, and what in it means nothing: sentences that say where, the value, and what to do. */
import { CHOOSERS, kindOf, type RunConfig } from './config';
import { isTask, TASK_NAMES } from './tasks';
import { CONSISTENCY_KINDS, dropoutProblems, POSITIONS, secondPassOf } from './dropout';
import { BUILT_IN_NAMES, builtInFacts, isAdapterSource, isModelSource, modelName, type ModelTraits, writerFor } from './models';
import { hasLayers, isLora, isVirtual, PEFT_KINDS, PEFT_TITLES, TARGETS } from './peft';
import { isInRange, rangeOf } from './ranges';
import { SCHEDULES } from './schedule';
import { dataName } from './sources';
import { tableReference } from './tables';
import { WEIGHT_FORMATS, WEIGHT_TITLES } from './weightFormats';

const whole = (value: number, low: number, high: number) => Number.isInteger(value) && value >= low && value <= high;
const fits = (field: string, value: number) => isInRange(rangeOf(field)!, value);

/**
 * Every reason why `config` cannot run; empty when it can.
 * @param traits facts of its model; left out: those of a model that comes with the page. Where there are none yet, what depends on them is not judged
 */
export function configProblems(config: RunConfig, traits: ModelTraits | undefined = builtInFacts(config.model.source)): string[] {
  // Of a model that nobody has looked at yet, rules are judged as if it were just deep enough.
  const layers = traits?.layers ?? 1 + Math.max(0, ...Object.values(config.dropout).map(({ fromLayer = 0 }) => fromLayer));
  const problems: string[] = [];
  const check = (ok: boolean, sentence: string) => {
    if (!ok) problems.push(sentence);
  };
  const { data, optimizer, evaluation } = config;
  problems.push(...dataProblems(data));
  check(fits('data.rows', data.rows), `data: ${data.rows} training rows; choose a whole number from 2 to 100000`);
  check(fits('data.noise', data.noise), `data: label noise ${data.noise}; choose a share from 0 to 1`);
  check(fits('data.maxLength', data.maxLength), `data: a greatest length of ${data.maxLength} tokens; choose a whole number from 0 (as many as the model takes) to 1000000`);
  problems.push(...modelProblems(config, traits), ...dropoutProblems(config.dropout, layers), ...consistencyProblems(config));
  check(fits('optimizer.learningRate', optimizer.learningRate), `optimizer: learning rate ${optimizer.learningRate}; choose a number from 0 up`);
  check(fits('optimizer.batchSize', optimizer.batchSize), `optimizer: batch of ${optimizer.batchSize} rows; choose a whole number from 1 to 4096`);
  check(optimizer.batchSize <= data.rows, `optimizer: batch of ${optimizer.batchSize} rows from ${data.rows} training rows; lower the batch or raise the rows`);
  check(fits('optimizer.accumulation', optimizer.accumulation), `optimizer: ${optimizer.accumulation} batches a step; choose a whole number from 1 to 256`);
  check(fits('optimizer.steps', optimizer.steps), `optimizer: ${optimizer.steps} steps; choose a whole number from 1 to 1000000`);
  check(SCHEDULES.includes(optimizer.schedule), `optimizer: unknown schedule "${optimizer.schedule}"; choose one of ${SCHEDULES.join(', ')}`);
  check(whole(optimizer.warmup, 0, optimizer.steps), `optimizer: ${optimizer.warmup} warm-up steps of ${optimizer.steps}; choose a whole number from 0 to ${optimizer.steps}`);
  check(fits('optimizer.weightDecay', optimizer.weightDecay), `optimizer: weight decay ${optimizer.weightDecay}; choose a number from 0 up`);
  check(fits('optimizer.clip', optimizer.clip), `optimizer: clip at ${optimizer.clip}; choose a norm above 0, or 0 for none`);
  check(fits('optimizer.smoothing', optimizer.smoothing), `optimizer: label smoothing ${optimizer.smoothing}; choose 0 ≤ ε < 1`);
  check(fits('optimizer.l1', optimizer.l1), `optimizer: L1 penalty ${optimizer.l1}; choose a number from 0 up`);
  check(fits('optimizer.neftune', optimizer.neftune), `optimizer: NEFTune α ${optimizer.neftune}; choose a number from 0 up`);
  check(fits('evaluation.every', evaluation.every), `evaluation: every ${evaluation.every} steps; choose a whole number from 1 up`);
  check(CHOOSERS.includes(evaluation.chooses), `evaluation: the best step by "${evaluation.chooses}"; choose one of ${CHOOSERS.join(', ')}`);
  check(fits('evaluation.patience', evaluation.patience), `evaluation: patience of ${evaluation.patience}; choose a whole number from 0 (never stop early) to 1000`);
  check(fits('evaluation.rows', evaluation.rows), `data: ${evaluation.rows} held-out rows scored; choose a whole number from 0 (all) to 1000000`);
  check(fits('seed', config.seed), `seed: ${config.seed}; choose a whole number from 0 to 4294967295`);
  return problems;
}

function dataProblems({ source, table, rows, noise }: RunConfig['data']): string[] {
  if (isTask(source)) return table ? [`data: ${source} is a task of the page, and a table is mapped beside it; take the mapping out, or name the table's source`] : [];
  if (!tableReference(source)) return [`data: unknown task "${source}"; choose one of ${TASK_NAMES.join(', ')}, or a table of your own`];
  if (!table) return [`data: nothing says how ${dataName(source)} is read; open it as a table of your own`];
  const problems = rows > table.rows ? [`data: ${rows} training rows of a table with ${table.rows}; lower the rows`] : [];
  if (noise > 0) problems.push(`data: label noise ${noise} on a table, whose labels stay as they are; set it to 0`);
  return problems;
}

function modelProblems({ data, model }: RunConfig, traits: ModelTraits | undefined): string[] {
  if (!isModelSource(model.source)) return [`model: no model is called "${model.source}" here; choose ${BUILT_IN_NAMES.join(', ')}, or one of another source (docs/models.md)`];
  const name = traits?.name ?? modelName(model.source);
  const problems: string[] = [];
  const check = (ok: boolean, sentence: string) => {
    if (!ok) problems.push(sentence);
  };
  const writes = kindOf(data) === 'language_model';
  if (traits?.obstacle) problems.push(`model: ${traits.obstacle}`);
  check(!writes || traits?.decoder !== false, `model: ${dataName(data.source)} is written word by word, and ${name} sees the words to come; choose ${writerFor(data.source)}`);
  check(model.adapter === undefined || isAdapterSource(model.adapter), `model: "${model.adapter}" is no reference of an adapter; pick the adapter again`);
  check(model.adapter === undefined || model.peft !== 'full', 'model: full fine-tuning has no adapter to begin with; choose another method');
  check(PEFT_KINDS.includes(model.peft), `method: unknown method "${model.peft}"; choose one of ${PEFT_KINDS.join(', ')}`);
  if (isLora(model.peft)) {
    check(fits('model.rank', model.rank), `LoRA: rank ${model.rank}; choose a whole number from 1 to 256`);
    check(fits('model.alpha', model.alpha), `LoRA: α ${model.alpha}; choose a number above 0`);
    check(model.targets.length > 0, `LoRA: no target is chosen; choose at least one of ${(traits?.targets ?? TARGETS).join(', ')}`);
    const twice = model.targets.find((target, index) => model.targets.indexOf(target) !== index);
    check(twice === undefined, `LoRA: target "${twice}" is named twice; name it once`);
    if (traits) for (const target of model.targets) check(traits.targets.includes(target), `LoRA: ${name} has no target "${target}"; choose among ${traits.targets.join(', ')}`);
  }
  const vectors = model.targets.some((target) => target === 'k' || target === 'v') ? traits?.keyValueWidth : traits?.width;
  if (model.peft === 'pissa' && vectors !== undefined) check(model.rank <= vectors, `PiSSA: rank ${model.rank}, but the matrices have only ${vectors} singular vectors; choose a rank up to ${vectors}`);
  if (model.peft === 'loraplus') check(fits('model.ratio', model.ratio), `LoRA+: ratio ${model.ratio}; choose a number above 0`);
  if (isVirtual(model.peft)) check(fits('model.virtualTokens', model.virtualTokens), `${PEFT_TITLES[model.peft]}: ${model.virtualTokens} virtual tokens; choose a whole number from 1 to 64`);
  if (model.peft === 'adapter') check(fits('model.bottleneck', model.bottleneck), `adapters: a bottleneck of ${model.bottleneck}; choose a whole number from 1 to 256`);
  check(WEIGHT_FORMATS.includes(model.weights), `model: weights as "${model.weights}"; choose one of ${WEIGHT_FORMATS.join(', ')}`);
  check(model.peft !== 'full' || model.weights === 'f32', `full fine-tuning: it trains every weight, and what is trained is float32, not ${WEIGHT_TITLES[model.weights]}; choose float32 weights, or a method that leaves them frozen`);
  if (model.peft === 'bitfit') check(traits?.biases !== false || !writes, `BitFit: ${name} has no biases, and writing has no head of its own, so nothing would be trained; choose another method`);
  const last = (traits?.layers ?? Infinity) - 1;
  if (hasLayers(model.peft)) check(whole(model.fromLayer, 0, last), `${PEFT_TITLES[model.peft]}: from layer ${model.fromLayer} of a model with ${traits ? `layers 0 to ${last}; choose one of those` : 'layers from 0 up; choose one of those'}`);
  return problems;
}

function consistencyProblems({ data, consistency }: RunConfig): string[] {
  const problems: string[] = [];
  if (!CONSISTENCY_KINDS.includes(consistency.kind)) problems.push(`consistency: unknown term "${consistency.kind}"; choose one of ${CONSISTENCY_KINDS.join(', ')}`);
  if (!fits('consistency.alpha', consistency.alpha)) problems.push(`consistency: α ${consistency.alpha}; choose a number from 0 up`);
  if (!fits('consistency.every', consistency.every ?? 1)) problems.push(`consistency: every ${consistency.every} steps; choose a whole number from 1 to 10000`);
  if (consistency.kind === 'none') return problems;
  const regression = kindOf(data) === 'regression';
  if (regression && consistency.kind !== 'mse') problems.push(`consistency: "${consistency.kind}" compares distributions, a regression has none; choose mse`);
  if (!regression && consistency.kind === 'mse') problems.push('consistency: "mse" compares single outputs; choose kl, js_paper or jsd for a classification or for text');
  return problems;
}

export interface Note {
  /** The control beside which the sentence is shown. */
  field: string;
  sentence: string;
}

/** Settings that are allowed and have no effect, or another than one would think, each with the reason. */
export function configNotes(config: RunConfig, traits: ModelTraits | undefined = builtInFacts(config.model.source)): Note[] {
  const notes: Note[] = [];
  const note = (when: boolean, field: string, sentence: string) => {
    if (when) notes.push({ field, sentence });
  };
  const { data, model, dropout, consistency, optimizer } = config;
  const lora = isLora(model.peft);
  const title = PEFT_TITLES[model.peft];
  const drops = (rule: { p: number } | undefined) => (rule?.p ?? 0) > 0;
  note(drops(dropout.lora_input) && !lora, 'dropout.lora_input', `${title} has no low-rank branch, so there is no LoRA input to drop.`);
  note(drops(dropout.lora_rank) && !lora, 'dropout.lora_rank', `${title} has no low-rank branch, so there is no rank to drop.`);
  note(optimizer.l1 > 0 && !lora, 'optimizer.l1', `L1 falls on the matrices A and B; ${title} has none, so nothing is penalised.`);
  note(optimizer.smoothing > 0 && kindOf(data) === 'regression', 'optimizer.smoothing', 'A regression has no classes to smooth over; label smoothing does nothing here.');
  note(optimizer.neftune > 0 && model.peft === 'bitfit' && traits?.biases === false, 'optimizer.neftune', 'Only the head is trained: the noise reaches it through frozen layers.');
  note(model.peft === 'bitfit' && traits?.biases === false && kindOf(data) !== 'language_model', 'model.peft', `${traits?.name} has no biases: BitFit trains its head alone.`);
  const { every = 1 } = consistency;
  note(consistency.kind !== 'none' && every > 1 && every >= optimizer.steps, 'consistency.every', 'The term is computed at step 0 and never again in so short a run.');
  note(consistency.kind !== 'none' && consistency.alpha === 0 && secondPassOf(consistency) !== 'dropped_grad', 'consistency.alpha', 'α is 0: the second pass is computed and changes nothing.');
  const dropped = POSITIONS.some((position) => drops(dropout[position]) && (lora || !position.startsWith('lora')));
  note(consistency.kind !== 'none' && !dropped && optimizer.neftune === 0, 'consistency.kind', 'Nothing is dropped, so both passes are equal and the term stays zero.');
  note(traits?.decoder === true && ['logits', 'weights', 'hidden'].some((position) => drops(dropout[position as 'logits']) && (dropout[position as 'logits']?.fromLayer ?? 0) === 0), 'dropout', 'The paper drops in the latter half of a decoder’s layers only; over all layers its gain was small or negative (appendix E).');
  return notes;
}
