/** The only door between the page and the engine. */
import type { FromEngine, ToEngine } from './protocol/messages';
import { keptModels, ModelPlaces } from './sources/places';
import { policyOf } from './sources/policy';
import { Engine } from './train/engine';

/** Origins that whoever built or started the page has allowed besides the Hub's (vite.config.ts). */
declare const __ALLOWED_HOSTS__: readonly string[];

// Models lie beside the page; a built worker lies one folder deeper.
const models = new URL(import.meta.env.DEV ? '/models/' : '../models/', self.location.href);

const places = new ModelPlaces({
  builtIn: models,
  shelves: keptModels(),
  // The developer's server has no policy of its own; what the built page refuses is refused there too.
  allowed: policyOf(self.location.origin, __ALLOWED_HOSTS__),
});

const engine = new Engine((event: FromEngine) => self.postMessage(event), {
  gpu: navigator.gpu,
  secure: self.isSecureContext,
  open: (source, options) => places.open(source, options),
  places,
  snapshots: true,
});

self.onmessage = ({ data }: MessageEvent<ToEngine>) => void engine.handle(data);

// What escapes a promise would leave the page waiting for ever.
self.addEventListener('unhandledrejection', (event) => {
  throw event.reason instanceof Error ? event.reason : new Error(String(event.reason));
});
