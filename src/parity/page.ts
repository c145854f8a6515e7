/** Parity in a browser: what `tools/parity.mjs` calls through Playwright. */
import { folderReading } from '../model/files/modelFolder';
import { acquireDevice, type Gpu, type Profile } from '../gpu/device';
import { Pipelines } from '../gpu/pipelines';
import { adapterName } from '../protocol/browsers';
import { runCaseFolder } from './runCase';

declare global {
  function readCaseFile(name: string, file: string): Promise<string>;
}

let gpu: Gpu;
let pipelines: Pipelines;

const decode = (text: string): ArrayBuffer => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer;

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
  async run(name: string) {
    const { actual, tensors } = await runCaseFolder(gpu, pipelines, folderReading(name, async (file) => decode(await readCaseFile(name, file))));
    return { actual, tensors: encode(tensors) };
  },
};

Object.assign(globalThis, { parity });
