// Prints a benchmark's JSON as tables that can be pasted into a note.

function table(headers, rows) {
  const cells = [headers, ...rows.map((row) => row.map(String))];
  const widths = headers.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  // Names to the left, numbers to the right.
  const isNumber = headers.map((_, column) => rows.every((row) => /^[\d.,–-]*( ?%|×)?$/.test(String(row[column]))));
  const line = (row) => `| ${row.map((cell, column) => (isNumber[column] ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (isNumber[column] ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2))).join('|')}|`;
  console.log([line(cells[0]), rule, ...cells.slice(1).map(line)].join('\n'));
}

/** Three significant digits, without exponents. */
const digits = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
const percent = (value) => `${(value * 100).toFixed(0)} %`;
const LIMIT_NAMES = { fma: 'multiply-adds', copy: 'copying', dispatch: 'dispatching' };

function printShape(shape) {
  const { samples, tokens, hidden, inner, heads, layers } = shape.sizes;
  console.log(`\n## ${shape.name}: batch ${samples} × ${tokens} tokens, hidden ${hidden}, inner ${inner}, heads ${heads}, layers ${layers}\n`);
  const { fma, copy, dispatch } = shape.limits;
  table(['limit of the adapter', 'best', 'median', 'unit'], [
    ['multiply-adds', digits(fma.best / 1e9), digits(fma.median / 1e9), 'GFLOP/s'],
    ['copying, read + write', digits(copy.best / 1e9), digits(copy.median / 1e9), 'GB/s'],
    ['empty dispatch', digits(1e6 / dispatch.best), digits(1e6 / dispatch.median), 'µs'],
  ]);

  const total = shape.kernels.reduce((sum, { ms, count }) => sum + ms.median * count, 0);
  console.log('\nKernels of one HiddenKey step (doubled batch), each by itself, those that take most time first:\n');
  table(
    ['kernel', 'size', 'a step', 'best µs', 'median µs', 'GFLOP/s', 'GB/s', 'share', 'limit', 'of limit'],
    [...shape.kernels].sort((a, b) => b.ms.median * b.count - a.ms.median * a.count).map(({ kernel, size, count, ms, flops, bytes, limit, fraction }) => [
      kernel, size, count, digits(ms.best * 1e3), digits(ms.median * 1e3), flops ? digits(flops / ms.best / 1e6) : '–', digits(bytes / ms.best / 1e6),
      percent((ms.median * count) / total), LIMIT_NAMES[limit], percent(fraction),
    ]),
  );

  console.log('\nForms of the matrix product, same round, best GFLOP/s (times naive):\n');
  const rate = (form) => form.flops / 1e6;
  const names = ['naive', 'registers', 'quads', 'tiles'].filter((name) => shape.forms.some(({ ms }) => name in ms));
  table(['product', 'size', ...names, ...names.slice(1).map((name) => `${name} ÷ naive`)], shape.forms.map(({ label, size, ms, ...form }) => [
    label, size, ...names.map((name) => digits(rate(form) / ms[name].best)), ...names.slice(1).map((name) => `${digits(ms.naive.best / ms[name].best)}×`),
  ]));

  console.log('\nWhole step:\n');
  table(['step', 'best ms', 'median ms', 'tokens/s', 'dispatches', 'plan MiB', 'on device ms', 'mostly'], shape.steps.map(({ name, ms, tokensPerSecond, dispatches, planBytes, byKernel }) => {
    const parts = Object.entries(byKernel ?? {}).sort(([, a], [, b]) => b - a);
    const sum = parts.reduce((total, [, one]) => total + one, 0);
    const mostly = sum > 0 ? parts.slice(0, 3).map(([kernel, one]) => `${kernel} ${percent(one / sum)}`).join(', ') : 'no timestamps';
    return [name, digits(ms.best), digits(ms.median), digits(tokensPerSecond), dispatches, (planBytes / 2 ** 20).toFixed(1), sum > 0 ? digits(sum) : '–', mostly];
  }));

  for (const { name, list } of shape.steps) {
    console.log(`\nThe ${list.length} dispatches of a step, ${name}:\n`);
    list.forEach(({ kernel, label }, index) => console.log(`${String(index + 1).padStart(3)}  ${kernel.padEnd(28)}  ${label}`));
  }
}

const mebibytes = (bytes) => (bytes / 2 ** 20).toFixed(1);

function printPeers({ name, kind, hidden, tokens, samples, vocabulary, layers, heads, subjects }) {
  console.log(`\n## ${name}: ${kind}, hidden ${hidden}, batch ${samples} × ${tokens} tokens, ${layers} layers, ${heads} heads, ${vocabulary} tokens in the vocabulary\n`);
  table(['one LoRA step', 'median ms', 'best ms', 'steps', 'ratio', 'to', 'first step ms', 'dispatches', 'submits', 'buffers MiB', 'heap MiB', 'losses apart'], subjects.map((one) => [
    one.name, digits(one.median), digits(one.best), one.steps, `${digits(one.ratio)}×`, one.than, digits(one.first), one.dispatches, one.submits, mebibytes(one.peakBytes), mebibytes(one.heapPeak), one.distance === undefined ? '–' : one.distance.toExponential(1),
  ]));
}

/** What others kept busy meanwhile, in processors: beyond a tenth or two no time means much. */
const othersBusy = (shapes) => Math.max(...shapes.flatMap(({ subjects }) => subjects.map((one) => one.othersBusy)));

export function printResult(result) {
  const { adapter, profile, runtime, date, machine, rounds, timestamps } = result;
  console.log(`\n# ${adapter}${profile ? `, profile ${profile}` : ''}, ${runtime}, ${date}`);
  const how = result.peers ? `${rounds} interleaved rounds, every engine in a page of its own; others kept up to ${digits(othersBusy(result.peers))} processors busy` : result.budgets ? `${rounds} rounds, a fresh browser each` : `${rounds} interleaved rounds; times by ${timestamps ? 'timestamps of the device' : 'the wall clock'}`;
  console.log(`${machine.processor}, ${machine.cores} cores, ${machine.system}; ${how}`);
  for (const shape of result.shapes ?? []) printShape(shape);
  for (const shape of result.peers ?? []) printPeers(shape);
  if (result.budgets) {
    console.log('');
    table(['budget', 'best', 'median', 'worst', 'limit', 'met'], result.budgets.map(({ name, unit, values, limit }) => {
      const allowed = limit === undefined ? '–' : `${limit} ${unit}`;
      if (values.length === 0) return [name, '–', '–', '–', allowed, 'not measurable'];
      const sorted = [...values].sort((a, b) => a - b);
      const middle = sorted[sorted.length >> 1];
      const met = limit === undefined ? '–' : middle <= limit ? 'yes' : 'NO';
      return [name, ...[sorted[0], middle, sorted[sorted.length - 1]].map((value) => `${digits(value)} ${unit}`), allowed, met];
    }));
  }
}
