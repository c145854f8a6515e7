/**
 * Writes and copies of no bytes, which WebGPU allows and an implementation may stumble over (Deno 2.9 ends with a panic). The engine issues none;
 * every test on the page's device looks for them.
 */

/** Calls `found` with a sentence for each such command, and carries it out as before. */
export function watchForEmptyCommands(device: GPUDevice, found: (sentence: string) => void): void {
  const { queue } = device;
  const write = queue.writeBuffer.bind(queue) as (...given: unknown[]) => void;
  const watchedWrite = (buffer: GPUBuffer, offset: number, data: ArrayBuffer | ArrayBufferView, from = 0, size?: number) => {
    // `from` and `size` count elements of a typed array, bytes of anything else.
    const length = 'length' in data ? (data.length as number) : data.byteLength;
    if ((size ?? length - from) <= 0) found(`a write of 0 bytes to ${buffer.label}; leave it out`);
    write(...(size === undefined ? [buffer, offset, data, from] : [buffer, offset, data, from, size]));
  };
  queue.writeBuffer = watchedWrite as typeof queue.writeBuffer;

  const create = device.createCommandEncoder.bind(device);
  device.createCommandEncoder = (descriptor) => {
    const encoder = create(descriptor);
    const copy = encoder.copyBufferToBuffer.bind(encoder) as (...given: unknown[]) => void;
    const watchedCopy = (...given: unknown[]) => {
      const [source, size] = [given[0] as GPUBuffer, given.at(-1)];
      if (size === 0) found(`a copy of 0 bytes from ${source.label}; leave it out`);
      copy(...given);
    };
    encoder.copyBufferToBuffer = watchedCopy as typeof encoder.copyBufferToBuffer;
    const clear = encoder.clearBuffer.bind(encoder);
    encoder.clearBuffer = (buffer, offset = 0, size = buffer.size - offset) => {
      if (size === 0) found(`${buffer.label} is cleared over 0 bytes; leave it out`);
      clear(buffer, offset, size);
    };
    return encoder;
  };
}
