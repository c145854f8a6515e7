/** What it takes to bring a checkpoint to the device: piece by piece as every run does, and whole as a comparison. */
import { acquireDevice } from '../gpu/device';
import { loadCheckpoint } from '../model/files/folder';
import { readSafetensors } from '../model/files/safetensors';
import { Weights } from '../model/weights';
import { diskSource } from '../sources/disk';

export type Way = 'pieces' | 'whole';

export interface Measured {
  seconds: number;
  tensors: number;
  bytes: number;
}

/** Brings the checkpoint in `folder` to the device once. @param look called where memory is at its highest between two awaits */
export async function bringWeights(gpu: GPU, folder: string, way: Way, look: () => void): Promise<Measured> {
  const device = await acquireDevice(gpu, {});
  const source = diskSource(folder);
  const { tensors } = await loadCheckpoint(source);
  const bytes = [...tensors.values()].reduce((sum, { count }) => sum + 4 * count, 0);
  const began = performance.now();
  if (way === 'pieces') (await Weights.load(device, tensors)).destroy();
  else await whole(device.device, source.stream('model.safetensors'), look);
  await device.device.queue.onSubmittedWorkDone();
  return { seconds: (performance.now() - began) / 1000, tensors: tensors.size, bytes };
}

/** The file in one array, all tensors as arrays beside it, then to the device. */
async function whole(device: GPUDevice, stream: AsyncIterable<Uint8Array>, look: () => void): Promise<void> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  const file = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  look();
  parts.length = 0;
  const tensors = readSafetensors(file, 'model.safetensors');
  look();
  for (const [label, { values }] of tensors) {
    const buffer = device.createBuffer({ label, size: Math.max(4, values.byteLength), usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST });
    device.queue.writeBuffer(buffer, 0, values as Float32Array<ArrayBuffer>);
  }
}
