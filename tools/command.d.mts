/** Types of command.mjs, which stays plain JavaScript so that it runs before anything is installed. */
export class Refusal extends Error {}
export function closeAtEnd(close: () => unknown): void;
export function closeAll(): Promise<void>;
export function runCommand(name: string, run: () => Promise<number | void> | number | void): Promise<never>;
export function readJson(file: string, example: string): unknown;
export function writeJson(file: string, value: unknown): void;
