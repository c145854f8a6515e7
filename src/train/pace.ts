/** How many steps a second a run takes at most, so that a person can follow what a GPU would have done at once. */

/** Steps that fall into this time begin together: one at a time would measure the way to the device and back. In milliseconds. */
const TOGETHER_MS = 100;

export class Pace {
  private perSecond = Infinity;
  /** The step and the time from which the turns are counted. */
  private from: { step: number; at: number } | undefined;
  private wake: (() => void) | undefined;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** @param stepsPerSecond left out: as fast as it goes */
  set(stepsPerSecond: number | undefined): void {
    this.perSecond = stepsPerSecond ?? Infinity;
    this.restart();
  }

  /** Counts from the next step on, which has its turn at once; whoever waits goes on. */
  restart(): void {
    this.from = undefined;
    this.release();
  }

  /** Lets go of whoever waits. */
  release(): void {
    this.wake?.();
  }

  /** Milliseconds until `step` has its turn; 0 where it has. */
  early(step: number): number {
    if (this.perSecond === Infinity) return 0;
    this.from ??= { step, at: this.now() };
    const together = Math.max(1, Math.round((this.perSecond * TOGETHER_MS) / 1000));
    const turn = Math.floor((step - this.from.step) / together) * together;
    return Math.max(0, this.from.at + (turn / this.perSecond) * 1000 - this.now());
  }

  /** Resolves after so many milliseconds, or as soon as somebody calls `release` or changes the pace. */
  async wait(milliseconds: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      timer = setTimeout(resolve, milliseconds);
    });
    clearTimeout(timer);
    this.wake = undefined;
  }
}
