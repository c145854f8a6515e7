/** The only door between the page and the engine. */
import type { FromEngine, ToEngine } from './protocol/messages';
import { addressSource } from './sources/address';
import { wholeFiles } from './sources/files';
import { Engine } from './train/engine';

// Models lie beside the page; a built worker lies one folder deeper.
const models = new URL(import.meta.env.DEV ? '/models/' : '../models/', self.location.href);

/** The page itself came from there a moment ago: a second try is enough. */
const PATIENCE_AT_HOME = { tries: 2, pause: 300, silence: 20_000 };

const engine = new Engine((event: FromEngine) => self.postMessage(event), {
  gpu: navigator.gpu,
  secure: self.isSecureContext,
  folderOf: (name) => wholeFiles(addressSource({ kind: 'builtin', name }, name, new URL(name, models).href, { cache: 'default', patience: PATIENCE_AT_HOME })),
});

self.onmessage = ({ data }: MessageEvent<ToEngine>) => void engine.handle(data);

// What escapes a promise would leave the page waiting for ever.
self.addEventListener('unhandledrejection', (event) => {
  throw event.reason instanceof Error ? event.reason : new Error(String(event.reason));
});
