/** What an architecture is to the engine: its description, and how its forward pass is recorded. */
import type { Tensor } from '../../graph/tensor';
import type { Builder } from '../builder';
import type { ArchitectureDescription } from './description';

export interface Architecture extends ArchitectureDescription {
  /** Records what enters the first layer: token and position embeddings (S,V+T,D). */
  embed(build: Builder): Tensor;
  /** Records one layer: (S,V+T,D) → (S,V+T,D). */
  layer(build: Builder, layer: number, x: Tensor): Tensor;
  /** Records what follows the last layer and returns the logits. */
  head(build: Builder, x: Tensor): Tensor;
}
