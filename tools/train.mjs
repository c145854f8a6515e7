// npm run train -- LINK [LINK …] [--out FILE] [--profile software|gpu]
//
// Trains what each link describes (the part of the page's address after #; "" is the default run) with the page's own engine under Node, and
// prints how the losses went. --out writes the runs as JSON. Needs a Vulkan driver; on Linux that of an installed Chromium will do.
import './nodeVersion.mjs';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled, root } from './install.mjs';

const { values: options, positionals: links } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' }, profile: { type: 'string' } } });

function refuse(sentence) {
  console.error(`train: ${sentence}`);
  process.exit(2);
}
if (options.profile && !['software', 'gpu'].includes(options.profile)) refuse(`unknown profile ${options.profile}; choose software or gpu`);

ensureInstalled();
const { openNode } = await import('./engineHost.mjs');
const { module, gpu, close } = await openNode('/src/headless/runner.ts').catch((error) => refuse(error.message));
const headless = module.createHeadless({ gpu, models: join(root, 'public/models'), profile: options.profile });

const short = (value) => value.toFixed(4);
const runs = [];
for (const link of links.length > 0 ? links : ['']) {
  const run = await headless.run(link).catch((error) => refuse(`${link || 'the default run'}: ${error.message}`));
  runs.push(run);
  const best = run.evaluations.reduce((one, other) => (other.heldOut.loss < one.heldOut.loss ? other : one));
  const last = run.evaluations.at(-1);
  console.log(`\n${run.name}   (${run.device}, ${run.seconds.toFixed(1)} s)`);
  console.log('   step   training loss   held-out loss   held-out metric');
  for (const { step, train, heldOut } of run.evaluations) console.log(`${String(step).padStart(7)}${short(train.loss).padStart(16)}${short(heldOut.loss).padStart(16)}${short(heldOut.metric).padStart(18)}`);
  console.log(`best held-out loss ${short(best.heldOut.loss)} at step ${best.step}, ${short(last.heldOut.loss)} at the end (${(100 * (last.heldOut.loss / best.heldOut.loss - 1)).toFixed(0)} % above); test metric ${short(run.test.metric)}`);
}
if (options.out) writeFileSync(options.out, `${JSON.stringify(runs, null, 1)}\n`);
await close();
process.exit(0);
