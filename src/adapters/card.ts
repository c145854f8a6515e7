/** README.md of an exported adapter or merged model: what it is, how it was made, how well it did, and how it is opened in Python. */
import type { RunConfig } from '../config/config';
import { PEFT_TITLES } from '../config/peft';
import { POSITIONS } from '../config/dropout';
import type { RunRecord } from '../protocol/run';
import type { Scores } from '../protocol/runMessages';
import type { BaseName } from './toPeft';

export interface CardFacts {
  record: RunRecord;
  /** Optimizer steps that are in the weights. */
  step: number;
  base: BaseName;
  /** What a person calls the base. */
  baseText: string;
  /** What the data are called. */
  data: string;
  /** The adapter that the run began with, as a person calls it. */
  start?: string;
  /** 'peft': two files that peft opens; 'own': the file of a method that peft lacks; 'merged': a model without an adapter. */
  form: 'peft' | 'own' | 'merged';
  writes: boolean;
  labels: number;
}

const figure = (value: number) => (Number.isFinite(value) ? value.toPrecision(4) : 'not a number');
const metricsIn = ({ metric, others = {} }: Scores) => [figure(metric), ...Object.entries(others).map(([name, value]) => `${name} ${figure(value)}`)].join(', ');

function dropoutText({ dropout, consistency }: RunConfig): string {
  const rules = POSITIONS.flatMap((position) => {
    const rule = dropout[position];
    return rule ? [`${position} ${rule.p} (${rule.pattern}${rule.compensation ? `, ${rule.compensation}` : ''}${rule.fromLayer ? `, from layer ${rule.fromLayer}` : ''})`] : [];
  });
  const second = consistency.kind === 'none' ? [] : [`consistency ${consistency.kind}, weight ${consistency.alpha}`];
  return [...rules, ...second].join('; ') || 'none';
}

function python({ form, base, writes, labels }: CardFacts): string {
  const kind = writes ? 'AutoModelForCausalLM' : 'AutoModelForSequenceClassification';
  const source = base.name === null ? '"PATH OF THE BASE MODEL"' : JSON.stringify(base.name);
  const revision = base.revision === null ? '' : `, revision=${JSON.stringify(base.revision)}`;
  const count = writes ? '' : `, num_labels=${labels}`;
  if (form === 'merged') return `from transformers import ${kind}\n\nmodel = ${kind}.from_pretrained("PATH OF THIS FOLDER")`;
  const open = `from transformers import ${kind}\n\nbase = ${kind}.from_pretrained(${source}${revision}${count})`;
  if (form === 'peft') return `from peft import PeftModel\n${open}\nmodel = PeftModel.from_pretrained(base, "PATH OF THIS FOLDER")`;
  return `from safetensors.torch import load_file\n${open}\nbase.load_state_dict(load_file("adapter.safetensors"), strict=False)  # BitFit; Houlsby adapters need their layers first`;
}

/** @returns Markdown with the Hub's front matter */
export function cardOf(facts: CardFacts): string {
  const { record, step, base, baseText, data, start, form } = facts;
  const { config, evaluations, test, device } = record;
  const { model, optimizer } = config;
  const at = evaluations.findLast((evaluation) => evaluation.step <= step);
  const low = ['lora', 'rslora', 'dora', 'loraplus', 'pissa'].includes(model.peft);
  const rows: [string, string][] = [
    ['base model', baseText], ['data', data], ['method', PEFT_TITLES[model.peft]],
    ...(start === undefined ? [] : [['began with', `the adapter ${start}, which run.json does not hold`] as [string, string]]),
    ...(low ? [['rank, α, targets', `${model.rank}, ${model.alpha}, ${model.targets.join(' ')}`] as [string, string]] : []),
    ['dropout', dropoutText(config)],
    ['optimizer', `AdamW, learning rate ${optimizer.learningRate} (${optimizer.schedule}), warm-up ${optimizer.warmup}, weight decay ${optimizer.weightDecay}, clip ${optimizer.clip}`],
    ['batch', `${optimizer.batchSize}${optimizer.accumulation > 1 ? ` × ${optimizer.accumulation}` : ''} rows`],
    ['step of these weights', `${step} of ${optimizer.steps}`], ['seed', String(config.seed)], ['trained on', device],
  ];
  const figures = [
    ...(at ? [`- held-out loss ${figure(at.heldOut.loss)}, metric ${metricsIn(at.heldOut)} (step ${at.step}); training loss ${figure(at.train.loss)}, both with dropout off`] : []),
    ...(test ? [`- test loss ${figure(test.scores.loss)}, metric ${metricsIn(test.scores)}, ${test.rows} rows (step ${test.step})`] : []),
  ];
  const front = ['---', ...(base.name === null ? [] : [`base_model: ${base.name}`]), `library_name: ${form === 'merged' ? 'transformers' : 'peft'}`, 'tags:', '- lora-dropout-playground', '---'];
  return [
    ...front, '', `# ${record.name}`, '', `Trained with the LoRA Dropout Playground. ${record.changes.length > 0 ? 'Settings were changed while it ran; run.json has when. ' : ''}run.json is the whole run: dropped on the page it shows its curves.`, '',
    '| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${value.replaceAll('|', '\\|')} |`), '', '## Figures', '', ...(figures.length > 0 ? figures : ['- none']), '',
    '## In Python', '', '```python', python(facts), '```', '',
  ].join('\n');
}
