/** The page's end of the conversation with the engine: spawns the worker, sends commands, hands on events, restarts after a fault. */
import type { FromEngine, ToEngine } from '../protocol/messages';

export type Listener = (event: FromEngine) => void;

/** What the page needs of an engine; a FakeEngine has the same shape. */
export interface EngineLink {
  post(command: ToEngine): void;
  subscribe(listener: Listener): () => void;
  /** Throws the engine away, with all it holds, and starts a new one. */
  restart(): void;
  dispose(): void;
}

const spawnWorker = () => new Worker(new URL('../engine.worker.ts', import.meta.url), { type: 'module', name: 'engine' });

export function createEngineClient(spawn: () => Worker = spawnWorker): EngineLink {
  const listeners = new Set<Listener>();
  const tell = (event: FromEngine) => listeners.forEach((listener) => listener(event));
  let worker: Worker | undefined;

  const open = () => {
    const current = spawn();
    worker = current;
    // Events of a worker that was replaced in the meantime belong to nobody.
    current.onmessage = ({ data }: MessageEvent<FromEngine>) => current === worker && tell(data);
    current.onerror = (event) => {
      event.preventDefault();
      if (current !== worker) return;
      // A worker goes on after an exception, in a state that nobody knows: what it would still say is not to be heard.
      current.terminate();
      worker = undefined;
      tell({ type: 'fault', fault: { code: 'worker_crashed', detail: event.message || 'the worker could not be loaded' } });
    };
    current.onmessageerror = () => current === worker && tell({ type: 'fault', fault: { code: 'worker_crashed', detail: 'an event could not be read' } });
  };
  open();

  return {
    post: (command) => worker?.postMessage(command),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    restart() {
      worker?.terminate();
      open();
    },
    dispose() {
      worker?.terminate();
      worker = undefined;
      listeners.clear();
    },
  };
}
