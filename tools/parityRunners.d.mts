export interface RunnerOptions {
  /** Folder of case folders. */
  cases: string;
  /** Left out: chosen from the adapter. */
  profile?: 'software' | 'gpu';
  adapter: 'any' | 'software';
}
export interface Runner {
  adapter: string;
  profile: string;
  /** As in "Deno 2.9.6". */
  version: string;
  /** The page that runs it, in a browser. */
  page?: import('playwright').Page;
  /** `cost`: see ParityCost. */
  run(name: string): Promise<{ actual: string; tensors: Uint8Array; cost: { load: number; compile: number; step: number; weights: number; training: number } }>;
}
export const RUNTIMES: Record<'chromium' | 'node' | 'deno' | 'firefox', (options: RunnerOptions) => Promise<Runner>>;
