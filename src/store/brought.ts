/** Waits for what a new engine has to be handed before a run can start: files of this visit, without which it would find no model. */
import type { RunConfig } from '../config/config';
import type { EngineLink } from './engineClient';

/** Calls `act` once the engine has looked at all files that the run needs; at once where it needs none. @param isWhole whether the run has its adapter already */
export function whenBrought(engine: EngineLink, { source, adapter }: Pick<RunConfig['model'], 'source' | 'adapter'>, isWhole: boolean, act: () => void): void {
  const awaited = new Set([...(source.startsWith('local:') ? [source] : []), ...(adapter !== undefined && !isWhole ? [adapter] : [])]);
  if (awaited.size === 0) return act();
  const stop = engine.subscribe((event) => {
    if (event.type === 'described') awaited.delete(event.facts.source);
    else if (event.type === 'adapted') awaited.delete(event.adapter);
    else return;
    if (awaited.size > 0) return;
    stop();
    act();
  });
  return undefined;
}
