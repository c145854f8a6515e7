/** A heap of possible merges: the lowest rank first, of equal ranks the leftmost. */
export class MergeQueue {
  private readonly ranks: number[] = [];
  private readonly places: number[] = [];

  private before(a: number, b: number): boolean {
    return this.ranks[a] !== this.ranks[b] ? this.ranks[a] < this.ranks[b] : this.places[a] < this.places[b];
  }

  private swap(a: number, b: number): void {
    [this.ranks[a], this.ranks[b]] = [this.ranks[b], this.ranks[a]];
    [this.places[a], this.places[b]] = [this.places[b], this.places[a]];
  }

  push(rank: number, place: number): void {
    let at = this.ranks.push(rank) - 1;
    this.places.push(place);
    for (let parent = (at - 1) >> 1; at > 0 && this.before(at, parent); parent = (at - 1) >> 1) {
      this.swap(at, parent);
      at = parent;
    }
  }

  pop(): [rank: number, place: number] | undefined {
    if (this.ranks.length === 0) return undefined;
    this.swap(0, this.ranks.length - 1);
    const top: [number, number] = [this.ranks.pop()!, this.places.pop()!];
    for (let at = 0; ;) {
      let best = at;
      for (const child of [2 * at + 1, 2 * at + 2]) if (child < this.ranks.length && this.before(child, best)) best = child;
      if (best === at) return top;
      this.swap(at, best);
      at = best;
    }
  }
}
