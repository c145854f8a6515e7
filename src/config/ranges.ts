/** Which numbers each field takes: for the boxes of the page, for what stands in the way of a run, and for changes on the way. */

export interface NumberRange {
  /** Whether it has no decimals. */
  whole?: boolean;
  low: number;
  /** Left out: no bound. */
  high?: number;
  /** Whether `low` or `high` itself is outside. */
  above?: boolean;
  below?: boolean;
}

const whole = (low: number, high: number): NumberRange => ({ whole: true, low, high });
const FROM_ZERO: NumberRange = { low: 0 };
const ABOVE_ZERO: NumberRange = { low: 0, above: true };
/** A probability that leaves something over. */
const RATE: NumberRange = { low: 0, high: 1, below: true };
const MOST_STEPS = 1_000_000;

const RANGES: Record<string, NumberRange> = {
  'data.rows': whole(2, 100_000),
  'data.noise': { low: 0, high: 1 },
  'data.maxLength': whole(0, 1_000_000),
  'model.rank': whole(1, 256),
  'model.alpha': ABOVE_ZERO,
  'model.ratio': ABOVE_ZERO,
  'model.virtualTokens': whole(1, 64),
  'model.bottleneck': whole(1, 256),
  'consistency.alpha': FROM_ZERO,
  'consistency.every': whole(1, 10_000),
  'optimizer.learningRate': FROM_ZERO,
  'optimizer.batchSize': whole(1, 4096),
  'optimizer.accumulation': whole(1, 256),
  'optimizer.steps': whole(1, MOST_STEPS),
  'optimizer.warmup': whole(0, MOST_STEPS),
  'optimizer.weightDecay': FROM_ZERO,
  'optimizer.clip': FROM_ZERO,
  'optimizer.smoothing': RATE,
  'optimizer.l1': FROM_ZERO,
  'optimizer.neftune': FROM_ZERO,
  'evaluation.every': whole(1, MOST_STEPS),
  'evaluation.patience': whole(0, 1000),
  'evaluation.rows': whole(0, 1_000_000),
  seed: whole(0, 0xffffffff),
};

/** The numbers that `field`, a path such as `dropout.hidden.p`, takes; undefined where it takes none. Bounds that other fields set (a batch within its rows) are not among them. */
export function rangeOf(field: string): NumberRange | undefined {
  return /^dropout\.\w+\.p$/.test(field) ? RATE : Object.hasOwn(RANGES, field) ? RANGES[field] : undefined;
}

export function isInRange({ whole: noDecimals, low, high = Infinity, above, below }: NumberRange, value: unknown): boolean {
  if (typeof value !== 'number' || !Number.isFinite(value) || (noDecimals && !Number.isInteger(value))) return false;
  return (above ? value > low : value >= low) && (below ? value < high : value <= high);
}

/** "a whole number from 1 to 256", to go on after "choose". */
export function rangeWords({ whole: noDecimals, low, high, above, below }: NumberRange): string {
  const kind = noDecimals ? 'a whole number' : 'a number';
  if (high === undefined) return above ? `${kind} above ${low}` : `${kind} from ${low} up`;
  return `${kind} from ${low} ${below ? 'to below' : 'to'} ${high}`;
}
