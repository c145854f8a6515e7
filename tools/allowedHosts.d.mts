export const ALLOW_HOST: { 'allow-host': { type: 'string'; multiple: true } };
export function allowHosts(given?: string[]): void;
