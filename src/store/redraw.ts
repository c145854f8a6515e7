/**
 * Decides when a chart may redraw: at most one chart a frame, the one that has waited longest first, so that no frame pays for two.
 * Data may arrive at any rate; a chart only learns that there is something new.
 */
export interface RedrawQueue {
  /** `draw` is called when it is this chart's turn after a `request`. */
  join(draw: () => void): () => void;
  /** Something changed: every chart wants a turn. */
  request(): void;
}

export function createRedrawQueue(nextFrame: (callback: () => void) => void = (callback) => requestAnimationFrame(callback)): RedrawQueue {
  const members = new Set<() => void>();
  const waiting = new Set<() => void>();
  let scheduled = false;

  const turn = () => {
    scheduled = false;
    const [draw] = waiting;
    if (!draw) return;
    waiting.delete(draw);
    if (waiting.size) schedule();
    draw();
  };
  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    nextFrame(turn);
  };

  return {
    join(draw) {
      members.add(draw);
      return () => {
        members.delete(draw);
        waiting.delete(draw);
      };
    },
    request() {
      members.forEach((draw) => waiting.add(draw));
      if (waiting.size) schedule();
    },
  };
}
