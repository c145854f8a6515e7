/** The only door between the page and the engine. */
import { httpFolder } from './model/files/folder';
import type { FromEngine, ToEngine } from './protocol/messages';
import { Engine } from './train/engine';

// Models lie beside the page; a built worker lies one folder deeper.
const models = new URL(import.meta.env.DEV ? '/models/' : '../models/', self.location.href);

const engine = new Engine((event: FromEngine) => self.postMessage(event), {
  gpu: navigator.gpu,
  secure: self.isSecureContext,
  folderOf: (name) => httpFolder(new URL(name, models).href),
});

self.onmessage = ({ data }: MessageEvent<ToEngine>) => void engine.handle(data);

// What escapes a promise would leave the page waiting for ever.
self.addEventListener('unhandledrejection', (event) => {
  throw event.reason instanceof Error ? event.reason : new Error(String(event.reason));
});
