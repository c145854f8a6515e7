/** How many more steps a run may take, and the wait when there are none left. */
export class Pausing {
  private allowance = Infinity;
  private wake: (() => void) | undefined;

  get isPaused(): boolean {
    return this.allowance <= 0;
  }

  /** Allows `steps` more steps; whoever waits goes on. */
  allow(steps: number): void {
    this.allowance = steps;
    this.wake?.();
  }

  pause(): void {
    this.allowance = 0;
  }

  /** One step was taken. */
  spend(): void {
    this.allowance--;
  }

  /** Lets go of whoever waits without allowing a step: the run is over. */
  release(): void {
    this.wake?.();
  }

  /** Resolves at the next `allow` or `release`. */
  async wait(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    this.wake = undefined;
  }
}
