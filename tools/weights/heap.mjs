// The most that JavaScript holds in this process while something goes on, its arrays included.
const SAMPLE_MS = 2;

/**
 * Begins to watch, after a collection of what is garbage by now; needs node --expose-gc.
 * @returns {{ look: () => void, above: () => number }} `look` samples at once; `above` ends it, and says how many bytes above the beginning were held
 */
export function watchHeap() {
  globalThis.gc();
  const held = () => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = held();
  let most = before;
  const look = () => { most = Math.max(most, held()); };
  const timer = setInterval(look, SAMPLE_MS);
  return {
    look,
    above() {
      clearInterval(timer);
      return most - before;
    },
  };
}
