/** An engine without a worker or a GPU: keeps what it was told and says what a test, or the gallery of states, makes it say. */
import type { DeviceInfo } from '../protocol/deviceMessages';
import type { FromEngine, ToEngine } from '../protocol/messages';
import type { PlanSummary } from '../protocol/planMessages';
import type { EngineLink, Listener } from './engineClient';

export const FAKE_DEVICE: DeviceInfo = {
  name: 'Fake adapter', vendor: 'nobody', architecture: 'none', profile: 'software', features: [],
  memoryBudget: 2 ** 30, usualBudget: 2 ** 30, mostBudget: 2 ** 32, limits: { maxBufferSize: 268435456, maxStorageBuffersPerShaderStage: 8 },
};

export const FAKE_PLAN: PlanSummary = {
  bytes: { weights: 512_000, optimizer: 96_000, train: 4_000_000, evaluate: 2_000_000, total: 6_608_000 },
  largest: [{ label: 'train.attention.weights', bytes: 1_000_000 }],
  work: { multiplyAdds: 2e9, dispatches: 40_000 },
  dispatchesPerStep: 180,
  parameters: { trainable: 4_226, total: 210_000 },
  model: { layers: 2, heads: 4, width: 64, vocabulary: 2000 },
  shared: { layers: 0, cached: false },
  lengths: { widths: [24], padding: 1.4, cut: 0 },
};

export class FakeEngine implements EngineLink {
  readonly posted: ToEngine[] = [];
  restarts = 0;
  private listeners = new Set<Listener>();

  post(command: ToEngine): void {
    this.posted.push(command);
  }

  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  restart(): void {
    this.restarts += 1;
  }

  dispose(): void {
    this.listeners.clear();
  }

  /** Lets the page hear an event. */
  say(event: FromEngine): void {
    this.listeners.forEach((listener) => listener(event));
  }

  last<T extends ToEngine['type']>(type: T): Extract<ToEngine, { type: T }> | undefined {
    return this.posted.findLast((command): command is Extract<ToEngine, { type: T }> => command.type === type);
  }

  /** Steps `from` … with the given losses. */
  sayPoints(runId: string, from: number, losses: number[], consistency = 0): void {
    const fill = (value: number) => Float32Array.from(losses, () => value);
    this.say({
      type: 'points', runId, from, crossEntropy: Float32Array.from(losses), consistency: fill(consistency), gradientNorm: fill(1), learningRate: fill(0.005),
      seconds: Float32Array.from(losses, (_, index) => (from + index) * 0.02),
    });
  }

  sayEvaluation(runId: string, step: number, heldOut: number, train: number, metric = 0.6): void {
    this.say({ type: 'evaluated', runId, step, heldOut: { loss: heldOut, metric }, train: { loss: train, metric }, seconds: step * 0.02 });
  }
}
