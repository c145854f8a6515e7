/** The tensors of a checkpoint that may be held in another format than float32: those that products and look-ups of tokens read. */
import { OUTER_FORMATS, type WeightFormat } from '../config/weightFormats';
import type { ArchitectureDescription } from './architectures/description';
import type { ModelConfig } from './modelConfig';
import type { Trained } from './method';
import type { ParameterSpec } from './parameterSpec';
import type { FormatOf } from './weights';

/** The matrices of all linear layers, and those around them: the token embedding and heads. */
function matricesOf({ targets, tie, heads }: ArchitectureDescription, config: ModelConfig): { inner: string[]; outer: string[] } {
  const layers = Array.from({ length: config.layers }, (_, layer) => layer);
  const inner = Object.values(targets).flatMap(({ module }) => layers.map((layer) => `${module(layer)}.weight`));
  return { inner, outer: [tie.embedding, tie.head, ...heads(config).flatMap((group) => [...group.keys()].filter((name) => name.endsWith('.weight')))] };
}

/** The method's format for the matrices that it leaves frozen; float32 for all else. @param specs what it trains */
export function frozenFormat(architecture: ArchitectureDescription, config: ModelConfig, { weights = 'f32' }: Trained, specs: readonly ParameterSpec[]): FormatOf {
  if (weights === 'f32') return () => 'f32';
  const { inner, outer } = matricesOf(architecture, config);
  const formats = new Map<string, WeightFormat>([...outer.map((name): [string, WeightFormat] => [name, OUTER_FORMATS[weights]]), ...inner.map((name): [string, WeightFormat] => [name, weights])]);
  for (const { of } of specs) formats.delete(of);
  return (name) => formats.get(name) ?? 'f32';
}
