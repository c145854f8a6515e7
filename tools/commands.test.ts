/** The commands' own decisions: what counts as a failure, what is missing, and whether the check of the build can fail. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { firstMissing } from './install.mjs';
import { hasDisplay, openerOf } from './open.mjs';
import { findDeno } from './runtimes/deno.mjs';
import { countPlaywright, countVitest, judge, runScript } from './runner.mjs';

const folder = mkdtempSync(join(tmpdir(), 'lora-dropout-commands-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | object): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('the sum of all tests', () => {
  it('counts tests, and a file that cannot be loaded as one failure', () => {
    const report = file('vitest.json', {
      numPassedTests: 5, numFailedTests: 1,
      testResults: [
        { status: 'passed', assertionResults: [{ status: 'passed' }] },
        { status: 'failed', assertionResults: [{ status: 'failed' }] },
        { status: 'failed', assertionResults: [] },
      ],
    });
    expect(countVitest(report)).toEqual({ passed: 5, failed: 2 });
  });

  it('counts what Playwright expected, and errors outside tests', () => {
    expect(countPlaywright(file('e2e.json', { stats: { expected: 4, flaky: 1, unexpected: 2, skipped: 3 }, errors: [{}] }))).toEqual({ passed: 5, failed: 3, skipped: 3 });
  });

  it('has nothing to say about a report that is absent or cut off', () => {
    expect(countVitest(join(folder, 'none.json'))).toBeUndefined();
    expect(countVitest(file('cut.json', '{"numPassedTests": 5, "testRes'))).toBeUndefined();
  });

  it.each([
    ['all passed', 0, { passed: 3, failed: 0 }, { passed: 3, failed: 0 }],
    ['some failed', 1, { passed: 3, failed: 2 }, { passed: 3, failed: 2 }],
    ['failed outside any test', 1, { passed: 3, failed: 0 }, { passed: 3, failed: 1 }],
    ['ran no test', 0, { passed: 0, failed: 0 }, { passed: 0, failed: 1 }],
    ['crashed', null, undefined, { passed: 0, failed: 1 }],
    ['left no report', 0, undefined, { passed: 0, failed: 1 }],
  ])('%s', (_, code, counted, result) => {
    expect(judge(code, counted)).toEqual(result);
  });

  it('takes tests that all say why they cannot run for no failure, only where they are optional', () => {
    const skipped = { passed: 0, failed: 0, skipped: 3 };
    expect(judge(0, skipped, { optional: true })).toEqual({ passed: 0, failed: 0 });
    expect(judge(0, skipped)).toEqual({ passed: 0, failed: 1 });
    expect(judge(1, skipped, { optional: true })).toEqual({ passed: 0, failed: 1 });
    expect(judge(0, { passed: 0, failed: 0, skipped: 0 }, { optional: true })).toEqual({ passed: 0, failed: 1 });
  });

  it('ends a runner that hangs', async () => {
    expect(await runScript(file('hang.mjs', 'setInterval(() => {}, 1000)'), [], { seconds: 0.5 })).toBeNull();
  });
});

describe('a command that refuses', () => {
  const run = (script: string, ...args: string[]) => {
    const { status, signal, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', env: { ...process.env, FIREFOX_PATH: join(folder, 'no-firefox') } });
    return { code: status ?? signal, stderr };
  };
  const command = (name: string) => join(import.meta.dirname, '..', name);

  it.each([
    ['an unknown option', 'tools/train.mjs', ['--nix'], "train: Unknown option '--nix'; the options are --out VALUE, --profile VALUE, --budget VALUE, --model VALUE, --data VALUE, --adapter VALUE, --weights VALUE, --merged"],
    ['an adapter without a folder', 'tools/train.mjs', ['--model', 'nano-encoder'], 'train: --out is missing; write npm run train -- --model SOURCE --data TASK --out DIR [LINK]'],
    ['data', 'tools/train.mjs', ['--data', 'SST-2', '--out', 'none'], 'train: unknown data SST-2; choose sentiment, entailment, paraphrase, acceptability, answering, similarity, description or triples, or name a file'],
    ['a profile', 'tools/train.mjs', ['--profile', 'fast'], 'train: unknown profile fast; choose software or gpu'],
    ['no texts', 'tools/evaluate.mjs', ['--model', 'nano-decoder', '--out', 'none'], 'evaluate: --texts is missing; write npm run evaluate -- --model SOURCE [--adapter DIR]'],
    ['texts that are not there', 'tools/evaluate.mjs', ['--model', 'nano-decoder', '--texts', 'none.json', '--out', 'none'], 'evaluate: none.json could not be read (ENOENT); check the path'],
    ['no cases', 'tools/parity.mjs', [], 'parity: needs --cases DIR and --out DIR'],
    ['a runtime', 'tools/parity.mjs', ['--cases', '.', '--out', 'none', '--runtime', 'bun'], 'parity: unknown runtime bun; choose chromium, node, deno or firefox'],
    ['a folder without cases', 'tools/parity.mjs', ['--cases', 'tools', '--out', 'none'], 'parity: no case in'],
    ['a Firefox that is not there', 'tools/parity.mjs', ['--cases', 'src/fixtures/golden', '--out', 'none', '--runtime', 'firefox'], 'parity: FIREFOX_PATH: no file at'],
    ['rounds', 'bench/bench.mjs', ['--rounds', 'many'], 'bench: --rounds many is not a count; choose 1 or more'],
    ['what to write', 'tools/pretrain/export-text.mjs', ['nothing'], 'export-text: what to write is missing or unknown (nothing)'],
    ['a step', 'tools/test.mjs', ['--only', 'nix'], ''],
    ['a host that is none', 'tools/build.mjs', ['--allow-host', 'models'], 'build: --allow-host models is no address of a host; write it as in https://models.example.org'],
    ['another option', 'tools/build.mjs', ['--nix'], 'the option is --allow-host URL'],
    ['a host that is none', 'tools/start.mjs', ['--allow-host', 'ftp://models'], 'start: --allow-host ftp://models is no address of a host'],
    // A device is there, or on its way. Where there is no driver that is refused.
    ['a run', 'tools/train.mjs', ['v=1&optimizer.steps=-5'], 'train: '],
  ])('%s ends with 2', (_, script, args, sentence) => {
    const { code, stderr } = run(command(script), ...args);
    expect(stderr).toContain(sentence);
    expect(code).toBe(2);
  });

  it('closes what it opened, the last first, whatever one of them says', () => {
    const script = file('closes.mjs', `
      import { closeAtEnd, Refusal, runCommand } from ${JSON.stringify(pathToFileURL(command('tools/command.mjs')).href)};
      await runCommand('closes', async () => {
        closeAtEnd(() => console.error('closed first'));
        closeAtEnd(async () => { throw new Error('does not close'); });
        closeAtEnd(() => console.error('closed last'));
        throw new Refusal('nothing to do (0); give something');
      });`);
    expect(run(script)).toEqual({ code: 2, stderr: 'closes: nothing to do (0); give something\nclosed last\ndoes not close\nclosed first\n' });
  });
});

describe('what is missing', () => {
  const locked = { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0' }, 'node_modules/of-another-system': { version: '1.0.0', optional: true } };
  it.each([
    ['nothing', { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0' } }, undefined],
    ['a package', { 'node_modules/a': { version: '1.0.0' } }, 'node_modules/b'],
    ['a version', { 'node_modules/a': { version: '1.0.1' }, 'node_modules/b': { version: '2.0.0' } }, 'node_modules/a'],
  ])('%s', (_, installed, missing) => {
    expect(firstMissing(locked, installed)).toBe(missing);
  });
});

it('Deno is missing where its package is, and is a file elsewhere', () => {
  expect(findDeno(join(folder, 'none.mjs'))).toBeUndefined();
  // What a package without its binary for this platform looks like.
  file('deno/node_modules/deno/package.json', { name: 'deno' });
  file('deno/node_modules/deno/install_api.cjs', 'module.exports = { runInstall() { throw new Error("unsupported"); } };');
  expect(findDeno(join(folder, 'deno', 'here.mjs'))).toBeUndefined();
  const found = findDeno();
  if (found !== undefined) expect(existsSync(found)).toBe(true);
});

describe('opening a browser', () => {
  it('knows when there is no display', () => {
    expect(hasDisplay('linux', {})).toBe(false);
    expect(hasDisplay('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBe(true);
    expect(hasDisplay('win32', {})).toBe(true);
  });

  it('has a way on each system', () => {
    expect(openerOf('http://a', 'darwin')[0]).toBe('open');
    expect(openerOf('http://a', 'win32')).toEqual(['cmd', ['/c', 'start', '""', 'http://a']]);
    expect(openerOf('http://a', 'linux')[0]).toBe('xdg-open');
  });
});

describe('the check of the build', () => {
  const check = (name: string, files: Record<string, string>) => {
    for (const [path, text] of Object.entries(files)) file(join(name, path), text);
    const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'checkBuild.mjs'), join(folder, name)], { encoding: 'utf8' });
    return { status, stderr };
  };
  const page = (body: string) => `<!doctype html><html><body>${body}</body></html>`;
  // Cannot be compressed, so that the size is what it says.
  const noise = (bytes: number) => `export const noise = "${Array.from({ length: bytes }, (_, i) => String.fromCharCode(33 + ((Math.imul(i ^ (i >>> 3), 2654435761) >>> 13) % 90))).join('').replace(/["\\]/g, '!')}";`;

  it('lets a small page pass, lazy parts not counted', () => {
    expect(check('small', { 'index.html': page('<script type="module" src="./a.js"></script>'), 'a.js': 'import("./lazy.js");', 'lazy.js': noise(600_000) }).status).toBe(0);
  });

  it.each([
    ['too much at once', { 'index.html': page('<script type="module" src="./a.js"></script>'), 'a.js': 'import "./b.js";', 'b.js': noise(600_000) }, 'the limit is 250 kB'],
    ['an address at the root', { 'index.html': page('<script type="module" src="./a.js"></script><img src="/b.png">'), 'a.js': '' }, 'starts at the root'],
    ['another origin', { 'index.html': page('<script type="module" src="./a.js"></script>'), 'a.js': 'fetch("https://elsewhere.example/data.json")' }, 'loads https://elsewhere.example'],
    ['a font from elsewhere', { 'index.html': page('<script type="module" src="./a.js"></script>'), 'a.js': '', 'a.css': '@font-face { src: url(https://fonts.example/a.woff2) }' }, 'loads https://fonts.example'],
    ['no page', { 'a.js': '' }, 'no dist/index.html'],
  ])('refuses %s', (name, files, sentence) => {
    const { status, stderr } = check(name, files as Record<string, string>);
    expect(stderr).toContain(sentence);
    expect(status).toBe(1);
  });
});
