/** The tensors of a checkpoint that may be held in another format than float32: those that products and look-ups of tokens read. */
import type { ArchitectureDescription } from './architectures/description';
import type { ModelConfig } from './modelConfig';
import type { Trained } from './method';
import type { ParameterSpec } from './parameterSpec';
import type { FormatOf } from './weights';

/** The matrices of all linear layers, and the token embedding. */
function matricesOf({ targets, tie, heads }: ArchitectureDescription, config: ModelConfig): Set<string> {
  const layers = Array.from({ length: config.layers }, (_, layer) => layer);
  const modules = Object.values(targets).flatMap(({ module }) => layers.map((layer) => `${module(layer)}.weight`));
  return new Set([tie.embedding, tie.head, ...modules, ...heads(config).flatMap((group) => [...group.keys()].filter((name) => name.endsWith('.weight')))]);
}

/** The method's format for the matrices that it leaves frozen; float32 for all else. @param specs what it trains */
export function frozenFormat(architecture: ArchitectureDescription, config: ModelConfig, { weights = 'f32' }: Trained, specs: readonly ParameterSpec[]): FormatOf {
  if (weights === 'f32') return () => 'f32';
  const matrices = matricesOf(architecture, config);
  for (const { of } of specs) matrices.delete(of);
  return (name) => (matrices.has(name) ? weights : 'f32');
}
