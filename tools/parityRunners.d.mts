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
  run(name: string): Promise<{ actual: string; tensors: Uint8Array }>;
}
export const RUNTIMES: Record<'chromium' | 'node' | 'deno' | 'firefox', (options: RunnerOptions) => Promise<Runner>>;
