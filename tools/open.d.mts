export function hasDisplay(platform?: string, environment?: Record<string, string | undefined>): boolean;
export function openerOf(address: string, platform?: string): [string, string[]];
export function openDefaultBrowser(address: string): void;
export function openSoftwareBrowser(address: string): Promise<string | undefined>;
