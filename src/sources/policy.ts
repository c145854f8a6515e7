/** Which addresses may be asked: what the Content-Security-Policy of the built page says, so that a refusal is a sentence and not a bare network error. */
import { SourceError } from './sourceError';

/** The Hub and the hosts that its files come from (content networks change; both suffixes are advised by its documentation). */
export const HUB_HOSTS: readonly string[] = ['https://huggingface.co', 'https://*.huggingface.co', 'https://*.hf.co'];

/** Whether a policy's line for a host covers an origin: `https://*.hf.co` covers any depth below it and not `hf.co` itself. */
function covers(host: string, { protocol, hostname, origin }: URL): boolean {
  const wildcard = /^(https?:)\/\/\*\.(.+)$/.exec(host);
  return wildcard ? protocol === wildcard[1] && hostname.endsWith(`.${wildcard[2]}`) : new URL(host).origin === origin;
}

/**
 * @param own origin of the page; undefined under Node, which has no policy
 * @param further hosts that whoever built or started the page has allowed, as origins
 * @returns throws SourceError `outside_policy` for an address that the browser would refuse
 */
export function policyOf(own: string | undefined, further: readonly string[]): (address: string) => void {
  if (own === undefined) return () => undefined;
  const hosts = [...HUB_HOSTS, ...further];
  return (address) => {
    const url = new URL(address);
    if (url.origin === own || hosts.some((host) => covers(host, url))) return;
    throw new SourceError('outside_policy', url.host, `this page may not read from ${url.origin}; start it with npm start -- --allow-host ${url.origin}, or build it with npm run build -- --allow-host ${url.origin}`);
  };
}
