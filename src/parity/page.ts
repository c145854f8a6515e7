/** Parity in a browser: what `tools/parity.mjs` calls through Playwright. */
import { acquireDevice, type Gpu, type Profile } from '../gpu/device';
import { Pipelines } from '../gpu/pipelines';
import { adapterName } from '../protocol/browsers';
import { addressSource } from '../sources/address';
import { runCaseFolder } from './runCase';

let gpu: Gpu;
let pipelines: Pipelines;

function encode(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
}

const parity = {
  /** Acquires the one device that all cases share. */
  async prepare(profile: Profile | undefined) {
    gpu = await acquireDevice(navigator.gpu, { profile });
    pipelines = new Pipelines(gpu);
    return { adapter: adapterName(gpu.info), profile: gpu.profile };
  },
  /** @param url address of a case's folder */
  async run(url: string) {
    const { actual, tensors, cost } = await runCaseFolder(gpu, pipelines, addressSource({ kind: 'address', url }, url.slice(url.lastIndexOf('/') + 1), url));
    return { actual, tensors: encode(tensors), cost };
  },
};

Object.assign(globalThis, { parity });
