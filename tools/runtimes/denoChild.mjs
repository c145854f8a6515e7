// Runs in Deno: requests come as lines of JSON on standard input, each gets a line on standard output. Ends with its input.
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const { createRunner } = await import(pathToFileURL(Deno.args[0]).href);
let runner;

const answers = {
  async prepare({ profile }) {
    runner = await createRunner(navigator.gpu, profile);
    return { adapter: runner.adapter, profile: runner.profile, version: `Deno ${Deno.version.deno}` };
  },
  async run(path) {
    const { actual, tensors } = await runner.run(path);
    return { actual, tensors: btoa(Array.from(tensors, (byte) => String.fromCharCode(byte)).join('')) };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [[kind, what]] = Object.entries(JSON.parse(line));
  const answer = await answers[kind](what).catch((error) => ({ error: error.message }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
runner?.close();
Deno.exit(0);
