/** From GPU memory back to the host. */

/** Copies ranges of buffers into one staging buffer and maps it; for tests, evaluation and export, not for every step. Empty ranges give empty arrays. */
export async function readRanges(device: GPUDevice, ranges: { buffer: GPUBuffer; offset?: number; bytes: number }[]): Promise<Float32Array[]> {
  const total = ranges.reduce((sum, range) => sum + range.bytes, 0);
  const staging = device.createBuffer({ label: 'readback', size: Math.max(4, total), usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder({ label: 'readback' });
  let at = 0;
  for (const { buffer, offset = 0, bytes } of ranges) {
    if (bytes > 0) encoder.copyBufferToBuffer(buffer, offset, staging, at, bytes);
    at += bytes;
  }
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const bytes = staging.getMappedRange().slice(0);
  staging.unmap();
  staging.destroy();
  at = 0;
  return ranges.map((range) => {
    const values = new Float32Array(bytes, at, range.bytes / 4);
    at += range.bytes;
    return values;
  });
}

/** A few staging buffers that take turns, so that a copy can be on its way home while the next is recorded. */
export class ReadbackRing {
  private readonly free: GPUBuffer[] = [];
  private readonly all: GPUBuffer[] = [];

  constructor(private readonly device: GPUDevice, private readonly label: string, private readonly bytes: number, private readonly most = 4) {}

  /** A staging buffer that is not in flight, undefined when all are: then copy later. */
  take(): GPUBuffer | undefined {
    const buffer = this.free.pop();
    if (buffer) return buffer;
    if (this.all.length >= this.most) return undefined;
    const made = this.device.createBuffer({ label: this.label, size: this.bytes, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    this.all.push(made);
    return made;
  }

  /** Maps a buffer that was copied into, hands over a copy of its bytes and frees it. */
  async read(buffer: GPUBuffer): Promise<ArrayBuffer> {
    await buffer.mapAsync(GPUMapMode.READ);
    const bytes = buffer.getMappedRange().slice(0);
    buffer.unmap();
    this.free.push(buffer);
    return bytes;
  }

  destroy(): void {
    for (const buffer of this.all) buffer.destroy();
  }
}
