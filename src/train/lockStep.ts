/** Runs that go on together: none takes a step before all others have taken theirs, so that every one has seen the same batches. */

/** What one run of several has to say. */
export interface Lane {
  /** Resolves when no other lane is behind `step`, which this one is about to take. */
  turn(step: number): Promise<void>;
  /** It rests after so many steps and holds nobody up. */
  rest(step: number): void;
  /** It is over. */
  leave(): void;
}

interface Place {
  step: number;
  go?: () => void;
}

export class LockStep {
  private readonly places = new Set<Place>();

  /** @param step that the lane begins with */
  join(step: number): Lane {
    const place: Place = { step };
    this.places.add(place);
    return {
      turn: (next) => new Promise((resolve) => {
        place.step = next;
        place.go = resolve;
        this.settle();
      }),
      rest: (done) => {
        place.step = done;
        this.settle();
      },
      leave: () => {
        this.places.delete(place);
        place.go?.();
        this.settle();
      },
    };
  }

  /** Lets go of all that wait, who find out that they are to rest. */
  release(): void {
    for (const place of this.places) this.let(place);
  }

  private settle(): void {
    const slowest = Math.min(...[...this.places].map(({ step }) => step));
    for (const place of this.places) if (place.step <= slowest) this.let(place);
  }

  private let(place: Place): void {
    const { go } = place;
    place.go = undefined;
    go?.();
  }
}
