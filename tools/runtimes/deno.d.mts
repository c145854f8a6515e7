export function findDeno(from?: string): string | undefined;
