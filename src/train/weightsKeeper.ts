/** The weights of the model that was used last stay on the device: the next run on it starts without reading them again. */
import type { Gpu } from '../gpu/device';
import type { StoredTensor } from '../model/files/storedTensors';
import { type FormatOf, type LoadOptions, weightBytes, Weights } from '../model/weights';

type Tensors = ReadonlyMap<string, StoredTensor>;

/** Weights for one user, who gives them back. */
export interface Lease {
  weights: Weights;
  release(): void;
}

interface Entry {
  tensors: Tensors;
  formatOf: FormatOf;
  loading: Promise<Weights>;
  users: number;
}

/** What is kept beyond what a run wants may be this share of it: a head that another run trains, biases. A run's prediction knows nothing of the rest. */
const MOST_BEYOND = 1 / 32;

const bytesOf = (tensors: Tensors, formatOf: FormatOf): number => [...tensors].reduce((sum, [name, tensor]) => sum + weightBytes(tensor, formatOf(name)), 0);

function holds({ tensors, formatOf }: Entry, wanted: Tensors, wantedFormat: FormatOf): boolean {
  const all = [...wanted].every(([name, tensor]) => tensors.get(name) === tensor && formatOf(name) === wantedFormat(name));
  return all && bytesOf(tensors, formatOf) <= (1 + MOST_BEYOND) * bytesOf(wanted, wantedFormat);
}

export class WeightsKeeper {
  private kept: Entry | undefined;

  constructor(private readonly gpu: Gpu) {}

  /**
   * @param alone for a user who writes into them: nobody else gets these, and they go when they are given back
   * @throws as `Weights.load`
   */
  async take(tensors: Tensors, { alone = false, formatOf = () => 'f32', ...options }: LoadOptions & { alone?: boolean } = {}): Promise<Lease> {
    if (alone || !this.kept || !holds(this.kept, tensors, formatOf)) this.forget();
    const entry = this.kept ?? { tensors, formatOf, loading: Weights.load(this.gpu, tensors, { formatOf, ...options }), users: 0 };
    if (!alone) this.kept = entry;
    entry.users++;
    try {
      return { weights: await entry.loading, release: () => this.release(entry) };
    } catch (error) {
      // So that it can be tried again.
      if (this.kept === entry) this.kept = undefined;
      throw error;
    }
  }

  private release(entry: Entry): void {
    if (--entry.users === 0 && this.kept !== entry) void entry.loading.then((weights) => weights.destroy());
  }

  /** Frees what is kept once nobody uses it. */
  forget(): void {
    const entry = this.kept;
    this.kept = undefined;
    if (entry?.users === 0) void entry.loading.then((weights) => weights.destroy(), () => undefined);
  }
}
