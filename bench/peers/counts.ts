/** Counts what an engine asks of WebGPU: dispatches, submits, bytes of live buffers. Loaded before the engine, whichever it is. */
const counts = { dispatches: 0, submits: 0, liveBytes: 0, peakBytes: 0 };
const sizes = new WeakMap<GPUBuffer, number>();

/** Calls `before` whenever a method of the prototype is called. */
function watch<Owner, Name extends keyof Owner>(prototype: Owner, name: Name, before: (self: Owner) => void): void {
  const original = prototype[name] as (...given: unknown[]) => unknown;
  prototype[name] = function (this: Owner, ...given: unknown[]) {
    before(this);
    return original.apply(this, given);
  } as Owner[Name];
}

watch(GPUComputePassEncoder.prototype, 'dispatchWorkgroups', () => { counts.dispatches++; });
watch(GPUQueue.prototype, 'submit', () => { counts.submits++; });
watch(GPUBuffer.prototype, 'destroy', (buffer) => {
  counts.liveBytes -= sizes.get(buffer) ?? 0;
  sizes.delete(buffer);
});
const { createBuffer } = GPUDevice.prototype;
GPUDevice.prototype.createBuffer = function (descriptor) {
  const buffer = createBuffer.call(this, descriptor);
  sizes.set(buffer, descriptor.size);
  counts.liveBytes += descriptor.size;
  counts.peakBytes = Math.max(counts.peakBytes, counts.liveBytes);
  return buffer;
};

export const gpuCounts = () => ({ ...counts });
/** Chromium's; 0 elsewhere. */
export const heapBytes = (): number => (performance as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? 0;
