// Hosts that a page may read from besides the Hub's: `-- --allow-host URL`, of `npm start` and `npm run build`.

/** What `parseArgs` has to know. */
export const ALLOW_HOST = { 'allow-host': { type: 'string', multiple: true } };

/**
 * Hands the origins of `given` to vite.config.ts, by the environment.
 * @throws with a sentence for what is no address of a host
 */
export function allowHosts(given = []) {
  const origins = given.map((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || !/^https?:$/.test(url.protocol)) throw new Error(`--allow-host ${text} is no address of a host; write it as in https://models.example.org`);
    return url.origin;
  });
  process.env.ALLOWED_HOSTS = JSON.stringify(origins);
}
