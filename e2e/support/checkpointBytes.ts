/** A checkpoint as a file, without an engine: the header as it is written, and tensors that nobody reads. */

/** A file with one tensor of four floats, of which `cut` bytes at the end are missing. */
export function checkpointBytes(metadata: Record<string, unknown> | undefined, cut = 0): Uint8Array<ArrayBuffer> {
  const header = new TextEncoder().encode(JSON.stringify({ ...(metadata && { __metadata__: metadata }), 'value lora_A': { dtype: 'F32', shape: [4], data_offsets: [0, 16] } }));
  const file = new Uint8Array(8 + header.length + 16 - cut);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header.subarray(0, file.length - 8), 8);
  return file;
}
