export interface Packages { [path: string]: { version?: string; optional?: boolean; devOptional?: boolean } }
export const root: string;
export function firstMissing(locked: Packages, installed: Packages): string | undefined;
export function npm(args: string[]): void;
export function ensureInstalled(): void;
