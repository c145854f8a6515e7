// npm start [-- --software] [-- --port N] [-- --no-open] [-- --allow-host URL]…
//
// Serves the playground, prints its address and opens it. --software opens a Chromium, Chrome or Edge whose WebGPU runs on the processor.
import './nodeVersion.mjs';
import { parseArgs } from 'node:util';
import { ALLOW_HOST, allowHosts } from './allowedHosts.mjs';
import { ensureInstalled, root } from './install.mjs';
import { hasDisplay, openDefaultBrowser, openSoftwareBrowser } from './open.mjs';

function refuse(sentence) {
  console.error(`start: ${sentence}`);
  process.exit(2);
}

function readOptions() {
  try {
    return parseArgs({ options: { software: { type: 'boolean' }, port: { type: 'string', default: '5173' }, 'no-open': { type: 'boolean' }, ...ALLOW_HOST } }).values;
  } catch (error) {
    return refuse(`${error.message}; the options are --software, --port N, --no-open and --allow-host URL (as in \`npm start -- --software\`)`);
  }
}

const options = readOptions();
const port = Number(options.port);
if (!Number.isInteger(port) || port < 0 || port > 65535) refuse(`--port ${options.port} is not a port; choose a number from 1 to 65535`);

try {
  allowHosts(options['allow-host']);
} catch (error) {
  refuse(error.message);
}

try {
  ensureInstalled();
} catch {
  refuse('npm could not install the packages (its message is above); check the connection and run `npm start` again');
}

const { createServer } = await import('vite');
// strictPort off: where the port is taken, vite takes the next free one.
const server = await createServer({ root, logLevel: 'warn', clearScreen: false, server: { port, strictPort: false, open: false } });
await server.listen();
const address = server.resolvedUrls.local[0];
console.log(`\n  LoRA Dropout Playground: ${address}\n  Ctrl+C ends it.\n`);

if (options['no-open']) {
  // Serving only was asked for.
} else if (!hasDisplay()) {
  console.log('  There is no display here, so no browser was opened; open the address yourself.');
} else if (options.software) {
  const opened = await openSoftwareBrowser(address);
  if (!opened) console.log('  Found no Chromium, Chrome or Edge. Install one, or run `npx playwright install chromium`, and try again; or set BROWSER_PATH to the browser\'s executable.');
  else console.log(`  Opened ${opened} with its software adapter, in a fresh profile that is deleted when you end this command.`);
} else {
  openDefaultBrowser(address);
}

// Without this, Ctrl+C would leave the temporary profile behind: exit handlers run only on an orderly exit.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(0));
