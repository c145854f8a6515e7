// The engine under Deno (wgpu and naga, as in Firefox), whose binary comes as an npm package: bundled, and driven over its standard streams.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { closeAtEnd, Refusal } from '../command.mjs';
import { driverEnvironments, noDriver } from './drivers.mjs';

export const NO_DENO = 'the npm package `deno` is not installed here (it is optional, and exists for Linux with glibc, macOS and Windows, x64 and arm64); run `npm ci --include=optional`, or choose another --runtime';

/** Path of Deno's binary; undefined where its package is missing or has none for this platform. @param from file whose packages are looked through */
export function findDeno(from = import.meta.url) {
  const require = createRequire(from);
  try {
    const binary = join(dirname(require.resolve('deno/package.json')), process.platform === 'win32' ? 'deno.exe' : 'deno');
    // What the package's own launcher does where its install script did not run.
    return existsSync(binary) ? binary : require('deno/install_api.cjs').runInstall();
  } catch {
    return undefined;
  }
}

const PROBE = 'Deno.exit((await navigator.gpu?.requestAdapter()) ? 0 : 1)';

/**
 * Deno's binary with an environment in which it has an adapter.
 * @param {'any' | 'software'} adapter
 * @throws Refusal where there is no Deno, or no adapter for it
 */
export async function chooseDeno(adapter) {
  const binary = findDeno();
  if (!binary) throw new Refusal(NO_DENO);
  for (const environment of await driverEnvironments(adapter)) {
    const { status } = spawnSync(binary, ['eval', '--unstable-webgpu', '--no-config', PROBE], { stdio: 'ignore', env: { ...process.env, ...environment } });
    if (status === 0) return { binary, environment };
  }
  throw new Refusal(noDriver('Deno'));
}

/** One Deno process that answers requests line by line; `ask` rejects with Deno's own last words when it dies of one. */
function startDeno({ binary, environment }, bundle, folder) {
  const child = spawn(binary, ['run', '--unstable-webgpu', '--no-prompt', '--no-config', '--no-lock', '--allow-read', '--allow-env', join(import.meta.dirname, 'denoChild.mjs'), bundle], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...environment, DENO_DIR: join(folder, 'cache'), DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' },
  });
  const ended = new Promise((resolve) => child.on('close', resolve).on('error', resolve));
  let words = '';
  let waiting;
  child.stderr.on('data', (text) => { words = `${words}${text}`.slice(-4000); });
  child.stdin.on('error', () => {}); // It has died; `ended` tells.
  createInterface({ input: child.stdout }).on('line', (line) => waiting?.resolve(JSON.parse(line)));
  const state = { alive: true };
  void ended.then(() => {
    state.alive = false;
    const [, panic] = /panicked at ([^]*?)\n(?:note|stack|\n|$)/.exec(words) ?? [];
    waiting?.reject(new Error(`Deno ended in the middle of it (${(panic ?? (words.trim() || 'without a word')).replace(/\s+/g, ' ')})`));
  });
  return {
    state,
    async ask(request) {
      const answer = await new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        child.stdin.write(`${JSON.stringify(request)}\n`);
      });
      if (answer.error) throw new Error(answer.error);
      return answer;
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}

/**
 * Bundles a module that has `createRunner(gpu, profile)` (see src/parity/node.ts) and makes a runner of it in Deno. A case of which Deno dies
 * rejects; the next one gets a new process.
 * @param {{ adapter: 'any' | 'software', profile?: string }} options
 */
export async function openDeno(modulePath, { adapter, profile }) {
  const chosen = await chooseDeno(adapter);
  const folder = mkdtempSync(join(tmpdir(), 'lora-dropout-deno-'));
  closeAtEnd(() => rmSync(folder, { recursive: true, force: true }));
  const { bundleModule } = await import('./vite.mjs'); // Only now: who asks for the binary alone needs no bundler.
  const bundle = join(folder, await bundleModule(modulePath, folder));
  let deno;
  closeAtEnd(() => deno?.close());
  const open = () => {
    deno = startDeno(chosen, bundle, folder);
    return deno.ask({ prepare: { profile } });
  };
  const prepared = await open();
  return {
    ...prepared,
    async run(path) {
      if (!deno.state.alive) await open();
      const { actual, tensors } = await deno.ask({ run: path });
      return { actual, tensors: Buffer.from(tensors, 'base64') };
    },
  };
}
