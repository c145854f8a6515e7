// npm run parity -- --cases DIR --out DIR [--profile software|gpu] [--runtime chromium|node|deno|firefox] [--adapter any|software] [--only TEXT]
//
// Runs every case folder of DIR (links are followed) through the engine's own loader, tape, plan and kernels, and writes for each a folder
// of the same name with actual.json and actual.safetensors. One device and one pipeline cache serve all cases. Exits 1 when a case cannot
// be run, naming it, and 2 when none can; `compare.mjs` then says how close the numbers are. docs/browsers.md tells what each runtime needs.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readArguments, Refusal, refuseUnlessOneOf, runCommand } from './command.mjs';
import { ensureInstalled } from './install.mjs';
import { RUNTIMES } from './parityRunners.mjs';

function readOptions() {
  const { values } = readArguments({
    options: { cases: { type: 'string' }, out: { type: 'string' }, profile: { type: 'string' }, runtime: { type: 'string', default: 'chromium' }, adapter: { type: 'string', default: 'any' }, only: { type: 'string', default: '' } },
  });
  if (!values.cases || !values.out) throw new Refusal('needs --cases DIR and --out DIR');
  if (!existsSync(values.cases)) throw new Refusal(`no folder ${values.cases}; give the folder that holds the case folders`);
  refuseUnlessOneOf('profile', values.profile, ['software', 'gpu']);
  refuseUnlessOneOf('runtime', values.runtime, Object.keys(RUNTIMES));
  refuseUnlessOneOf('adapter', values.adapter, ['any', 'software']);
  return { ...values, cases: resolve(values.cases) };
}

function namesOf({ cases, only }) {
  const names = readdirSync(cases).filter((name) => existsSync(join(cases, name, 'case.json')) && name.includes(only)).sort();
  if (names.length === 0) throw new Refusal(`no case ${only ? `with "${only}" in its name ` : ''}in ${cases}; a case is a folder with a case.json`);
  return names;
}

await runCommand('parity', async () => {
  const options = readOptions();
  const names = namesOf(options);
  ensureInstalled();
  const started = Date.now();
  const runner = await RUNTIMES[options.runtime](options);
  console.log(`${names.length} cases on ${runner.adapter || 'unnamed adapter'}, profile ${runner.profile}, ${runner.version}`);
  let failed = 0;
  for (const name of names) {
    const begun = Date.now();
    try {
      const { actual, tensors } = await runner.run(name);
      mkdirSync(join(options.out, name), { recursive: true });
      writeFileSync(join(options.out, name, 'actual.json'), actual);
      writeFileSync(join(options.out, name, 'actual.safetensors'), tensors);
      console.log(`ran   ${name.padEnd(40)} ${Date.now() - begun} ms`);
    } catch (error) {
      failed++;
      console.error(`FAIL  ${name.padEnd(40)} ${error.message.split('\n')[0]}`);
      if (process.env.TRACE) console.error(error.stack);
    }
  }
  console.log(`${names.length - failed} ran, ${failed} could not be run, ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return failed ? 1 : 0;
});
