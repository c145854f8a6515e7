/** How long a plan takes on the device: what autotune compares tiles by, and what an adapter is gauged with. */
import type { Gpu } from '../gpu/device';
import type { Execution } from '../graph/execution';

/** Milliseconds from the submit of one execution until the device has done it. */
export async function timeExecution({ device }: Gpu, execution: Execution, label: string): Promise<number> {
  const encoder = device.createCommandEncoder({ label });
  const pass = encoder.beginComputePass({ label });
  execution.encode(pass);
  pass.end();
  const commands = encoder.finish();
  const started = performance.now();
  device.queue.submit([commands]);
  await device.queue.onSubmittedWorkDone();
  return performance.now() - started;
}
