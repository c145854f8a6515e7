export interface Count { passed: number; failed: number; skipped?: number }
export function runScript(script: string, args: string[], options: { seconds: number; environment?: Record<string, string> }): Promise<number | null>;
export function countVitest(file: string): Count | undefined;
export function countPlaywright(file: string): Count | undefined;
export function judge(code: number | null, counted: Count | undefined, options?: { optional?: boolean }): Count;
export function judgeCheck(code: number | null): Count;
