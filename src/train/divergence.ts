/** Notices that a run went wrong: a loss that is no number, or one that stays far above where it began. */

/** Steps whose mean is the level a run begins at. */
const FIRST_STEPS = 5;
/** Times the first level at which a loss counts as far above it. */
const FAR = 20;
/** Steps over which the loss is averaged: a single spike recovers, and a model thrown about is wrong on some batches only. */
const WINDOW = 10;
/** Level below which a start is not taken at its word: a lucky first batch is no yardstick. */
const LEAST_LEVEL = 0.1;

export class DivergenceDetector {
  private readonly recent: number[] = [];
  private seen = 0;
  private level = Infinity;

  /** @returns whether the run has diverged at this step */
  see(loss: number, gradientNorm: number): boolean {
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) return true;
    this.seen++;
    this.recent.push(loss);
    if (this.recent.length > WINDOW) this.recent.shift();
    // The smallest of the first losses: with a rate that is far too high the second may already be blown up.
    if (this.seen <= FIRST_STEPS) this.level = Math.min(this.level, loss);
    const mean = this.recent.reduce((sum, value) => sum + value, 0) / this.recent.length;
    return this.seen >= FIRST_STEPS && mean > FAR * Math.max(this.level, LEAST_LEVEL);
  }
}
