export function referenceFile(context: unknown, path: string): Promise<string | undefined>;
