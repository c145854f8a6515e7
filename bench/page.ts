/** The benchmark in a browser: what bench.mjs calls. */
import { type BenchOptions, runBench } from './suite';

declare global {
  function benchSays(text: string): Promise<void>;
}

Object.assign(globalThis, { bench: (options: BenchOptions) => runBench(navigator.gpu, options, (text) => void benchSays(text)) });
