/** A growing column of numbers: typed, appended in blocks, read as a view without copying. */
export class Column {
  private data: Float64Array;
  length = 0;

  constructor(capacity = 256) {
    this.data = new Float64Array(capacity);
  }

  append(values: ArrayLike<number>): void {
    const needed = this.length + values.length;
    if (needed > this.data.length) {
      const larger = new Float64Array(Math.max(needed, this.data.length * 2));
      larger.set(this.data.subarray(0, this.length));
      this.data = larger;
    }
    this.data.set(values, this.length);
    this.length = needed;
  }

  push(value: number): void {
    this.append([value]);
  }

  at(index: number): number {
    return this.data[index];
  }

  last(): number | undefined {
    return this.length ? this.data[this.length - 1] : undefined;
  }

  /** The values so far. Valid until the next append. */
  view(): Float64Array {
    return this.data.subarray(0, this.length);
  }
}
