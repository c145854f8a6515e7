// Which Vulkan driver a runtime outside Chromium gets. The loader reads the choice from the environment when it is first asked.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findSoftwareDriver } from '../browser.mjs';

const MESA_FOLDERS = ['/usr/share/vulkan/icd.d', '/usr/local/share/vulkan/icd.d', '/etc/vulkan/icd.d'];

/** Mesa's driver for the processor (lavapipe), where it is installed. */
function findLavapipe() {
  for (const folder of MESA_FOLDERS) {
    const file = existsSync(folder) && readdirSync(folder).find((name) => name.startsWith('lvp_icd'));
    if (file) return join(folder, file);
  }
  return undefined;
}

/**
 * The environments to try in turn, as additions to this process's own. `any` begins with the machine's own drivers; `software` only takes a driver
 * for the processor: that of a Chromium, as the page would have it, else Mesa's. VK_ICD_FILENAMES of the caller decides where it is set.
 * @param {'any' | 'software'} adapter
 * @returns {Promise<Record<string, string>[]>}
 */
export async function driverEnvironments(adapter) {
  if (process.env.VK_ICD_FILENAMES) return [{}];
  const software = (await findSoftwareDriver()) ?? findLavapipe();
  return [...(adapter === 'any' ? [{}] : []), ...(software ? [{ VK_ICD_FILENAMES: software }] : [])];
}

/** What to do where no environment gave an adapter. @param {string} who the runtime, as the beginning of a sentence */
export const noDriver = (who) => `${who} found no usable Vulkan driver; install the graphics driver, or on Linux libvulkan1 with a Chromium or with mesa-vulkan-drivers, whose software driver is then used`;
