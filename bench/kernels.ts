/** Each kernel of a training step against the adapter's limits, and the forms of the matrix product against each other, all interleaved. */
import { createLimits, type Limit } from './limits';
import { type Bench, distinct, type Form, productForm, subjectOf, type KernelSubject } from './subjects';
import type { Plan } from '../src/graph/compile';
import { median, Timer, type Times, timesOf } from './timer';

export interface LimitResult {
  /** Best of all rounds and median: FLOP/s, bytes/s, or dispatches/s. */
  fma: { best: number; median: number };
  copy: { best: number; median: number };
  dispatch: { best: number; median: number };
}

export interface KernelResult {
  kernel: string;
  label: string;
  size: string;
  count: number;
  flops: number;
  bytes: number;
  /** Milliseconds of one dispatch. */
  ms: Times;
  /** What stops it from being faster, and how near it is: 1 is the limit. */
  limit: Limit['kind'];
  fraction: number;
}

export interface FormResult {
  label: string;
  size: string;
  flops: number;
  /** Of four lanes where the plan has that form. */
  ms: Partial<Record<Form, Times>>;
}

export interface KernelSuite {
  limits: LimitResult;
  kernels: KernelResult[];
  forms: FormResult[];
}

const FORMS = ['naive', 'registers', 'quads', 'tiles'] as const;
const formsOf = ({ source }: KernelSubject) => FORMS.filter((form) => form !== 'quads' || source.entry === 'quads');
/** Kernels timed between two measurements of the limits, so that a busy moment hits both. */
const BETWEEN = 8;
/** Shapes whose product is tried in every form: those with the most work. */
const SHAPES = 5;

export async function benchKernels(bench: Bench, plan: Plan, rounds: number, say: (text: string) => void): Promise<KernelSuite> {
  const { limits, destroy } = await createLimits(bench.gpu);
  const timer = new Timer(bench.gpu.device);
  const kernels: KernelSubject[] = [];
  for (const { dispatch, count } of distinct(plan)) kernels.push(await subjectOf(bench, plan, dispatch, count));
  const products = kernels.filter(({ flops }) => flops > 0).sort((a, b) => b.flops * b.count - a.flops * a.count).slice(0, SHAPES);
  const forms: { product: KernelSubject; subjects: Map<Form, KernelSubject> }[] = [];
  for (const product of products) {
    const subjects = new Map<Form, KernelSubject>();
    for (const form of formsOf(product)) subjects.set(form, await subjectOf(bench, plan, productForm(product.source, form)));
    forms.push({ product, subjects });
  }

  const taken = new Map<{ label: string }, number[]>();
  const take = async (subject: Limit | KernelSubject) => {
    const ms = await timer.time(subject);
    taken.set(subject, [...(taken.get(subject) ?? []), ms]);
  };
  const all = [...kernels, ...forms.flatMap(({ subjects }) => [...subjects.values()])];
  for (let round = 0; round < rounds; round++) {
    say(`kernels, round ${round + 1} of ${rounds} (${all.length} subjects)`);
    for (const [index, subject] of all.entries()) {
      if (index % BETWEEN === 0) for (const limit of limits) await take(limit);
      await take(subject);
    }
  }

  const limitOf = (kind: Limit['kind']) => {
    const rates = limits.filter((limit) => limit.kind === kind).map((limit) => taken.get(limit)!.map((ms) => (limit.work * 1000) / ms));
    // The fastest form of a limit counts.
    return { best: Math.max(...rates.flat()), median: Math.max(...rates.map(median)) };
  };
  const found: LimitResult = { fma: limitOf('fma'), copy: limitOf('copy'), dispatch: limitOf('dispatch') };
  const result = {
    limits: found,
    kernels: kernels.map((subject) => kernelResult(subject, timesOf(taken.get(subject)!), found)),
    forms: forms.map(({ product, subjects }) => ({
      label: product.label, size: product.size, flops: product.flops,
      ms: Object.fromEntries([...subjects].map(([form, subject]) => [form, timesOf(taken.get(subject)!)])),
    })),
  };
  all.forEach((subject) => subject.destroy());
  timer.destroy();
  destroy();
  return result;
}

/** No dispatch is faster than the slowest of: its multiply-adds, its bytes, and doing nothing. */
function kernelResult({ kernel, label, size, count, flops, bytes }: KernelSubject, ms: Times, limits: LimitResult): KernelResult {
  const least = { fma: (flops * 1000) / limits.fma.best, copy: (bytes * 1000) / limits.copy.best, dispatch: 1000 / limits.dispatch.best };
  const limit = (Object.keys(least) as Limit['kind'][]).reduce((slowest, kind) => (least[kind] > least[slowest] ? kind : slowest));
  return { kernel, label, size, count, flops, bytes, ms, limit, fraction: least[limit] / ms.best };
}
