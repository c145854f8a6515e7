/** Seconds that a run was going, pauses left out. */
export class Clock {
  private gone = 0;
  private since: number | undefined;

  constructor(private readonly now: () => number = () => performance.now()) {}

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
