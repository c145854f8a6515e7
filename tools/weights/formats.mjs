// node tools/weights/formats.mjs --golden DIR --python PATH --format f16|int8|nf4 [--profile software|gpu] [--only TEXT]
//
// The golden cases in DIR whose base is frozen, with frozen matrices held in a format. oracle.py computes each again from what the format leaves of them; the engine
// is given the original weights and packs them itself; DIR's compare.mjs holds the two together. Full fine-tuning has nothing frozen, and of PiSSA it is the rest
// that is packed, which oracle.py cannot be given: both are left out. docs/models.md has the figures.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { closeAtEnd, readArguments, Refusal, refuseUnlessOneOf, runCommand } from '../command.mjs';
import { ensureInstalled } from '../install.mjs';

const WITHOUT = ['full', 'pissa'];

await runCommand('formats', async () => {
  const text = { type: 'string' };
  const { values: { golden, python, format, profile, only } } = readArguments({ options: { golden: text, python: text, format: text, profile: text, only: { type: 'string', default: '' } } });
  if (!golden || !python || !format) throw new Refusal('needs --golden DIR, the golden cases with oracle.py and compare.mjs, --python PATH with torch, transformers and peft, and --format NAME');
  refuseUnlessOneOf('format', format, ['f16', 'int8', 'nf4']);
  refuseUnlessOneOf('profile', profile, ['software', 'gpu']);
  ensureInstalled();
  const { openNode } = await import('../runtimes/node.mjs');
  const { module, gpu } = await openNode('/src/parity/node.ts', 'software');
  const { loadModule } = await import('../runtimes/vite.mjs');
  const { roundCase } = await loadModule('/src/parity/roundCase.ts');
  const folder = mkdtempSync(join(tmpdir(), 'formats-'));
  closeAtEnd(() => rmSync(folder, { recursive: true, force: true }));
  const [given, expected, actual] = ['given', 'expected', 'actual'].map((name) => join(folder, name));
  const cases = join(resolve(golden), 'cases');
  const names = readdirSync(cases).filter((name) => name.includes(only) && !WITHOUT.includes(JSON.parse(readFileSync(join(cases, name, 'case.json'), 'utf8')).method.peft));
  let matrices = 0;
  for (const name of names) {
    cpSync(join(cases, name), join(given, name), { recursive: true, dereference: true });
    const { bytes, changed } = await roundCase(join(cases, name), format);
    matrices += changed;
    writeFileSync(join(given, name, 'model', 'model.safetensors'), bytes);
  }
  execFileSync(python, [join(import.meta.dirname, 'formats.py'), resolve(golden), given, expected], { stdio: ['ignore', 'ignore', 'inherit'] });
  const runner = await module.createRunner(gpu, profile);
  for (const name of names) {
    // What is drawn is as it was; the base is the original one.
    cpSync(join(cases, name, 'model'), join(expected, name, 'model'), { recursive: true, dereference: true });
    const { actual: steps, tensors } = await runner.run(join(expected, name), { weights: format });
    mkdirSync(join(actual, name), { recursive: true });
    writeFileSync(join(actual, name, 'actual.json'), steps);
    writeFileSync(join(actual, name, 'actual.safetensors'), tensors);
  }
  const { stdout, status } = spawnSync(process.execPath, [join(golden, 'compare.mjs'), expected, actual], { encoding: 'utf8' });
  console.log(stdout.trim());
  console.log(`${names.length} cases, ${matrices} matrices in ${format}, profile ${runner.profile}`);
  return status ? 1 : 0;
});
