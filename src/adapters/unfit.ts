/** All that does not fit, collected and said at once. */
import { LoadError } from '../model/files/loadError';
import type { Named } from './keys';

/** Of more than these, the number is said. */
const SHOWN = 12;

export class Unfit {
  private readonly found: string[] = [];

  /** A tensor that has no place. */
  unknown({ key, shape }: Named): void {
    this.found.push(`${key} [${shape}] has no place in the model`);
  }

  /** A tensor that should be there. */
  missing(name: string, shape?: readonly number[]): void {
    this.found.push(`${name}${shape ? ` [${shape}]` : ''} is missing`);
  }

  /** Whether a tensor has the shape of its place. */
  check({ key, shape }: Named, expected: readonly number[]): boolean {
    const fits = shape.join() === expected.join();
    if (!fits) this.found.push(`${key} [${shape}] should be [${expected}]`);
    return fits;
  }

  /** @throws LoadError where anything was found */
  refuse(file: string): void {
    const { found } = this;
    if (found.length === 0) return;
    const more = found.length > SHOWN ? `; and ${found.length - SHOWN} more` : '';
    throw new LoadError(file, `does not fit this base model: ${found.slice(0, SHOWN).join('; ')}${more}. Take the base that the adapter was trained on, and both files of one adapter.`);
  }
}
