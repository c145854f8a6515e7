/** Seconds that a run was going, pauses left out. */
export class Clock {
  private gone: number;
  private since: number | undefined;

  /** @param seconds that it was going before */
  constructor(seconds = 0, private readonly now: () => number = () => performance.now()) {
    this.gone = seconds * 1000;
  }

  start(): void {
    this.since ??= this.now();
  }

  stop(): void {
    if (this.since !== undefined) this.gone += this.now() - this.since;
    this.since = undefined;
  }

  get seconds(): number {
    return (this.gone + (this.since === undefined ? 0 : this.now() - this.since)) / 1000;
  }
}
