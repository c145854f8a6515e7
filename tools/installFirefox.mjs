// Finds a Firefox for the tests; continuous integration also installs one where it can be done without asking.
import { existsSync, readdirSync } from 'node:fs';
import { findFirefox, NO_FIREFOX } from './firefox.mjs';
import { aptInstall, distribution } from './installBrowser.mjs';

export { NO_FIREFOX };

/** Whether a Vulkan driver is installed, which Firefox on Linux needs for WebGPU; Debian's Chromium has its own in its own folder. */
const hasVulkanDriver = () => ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d'].some((folder) => existsSync(folder) && readdirSync(folder).length > 0);

/** Debian's packages that are missing for a Firefox with an adapter. */
function missingPackages() {
  return [...(findFirefox() ? [] : ['firefox-esr']), ...(hasVulkanDriver() ? [] : ['libvulkan1', 'mesa-vulkan-drivers'])];
}

/** Path of a Firefox, undefined where there is none. A person's machine is left as it is: only CI=true installs, as root on Debian. */
export function findOrInstallFirefox() {
  if (process.env.CI && !process.env.FIREFOX_PATH && process.getuid?.() === 0 && distribution() === 'debian') {
    const missing = missingPackages();
    try {
      if (missing.length) aptInstall(...missing);
    } catch (error) {
      console.error(`apt-get install ${missing.join(' ')} failed (${error.message.split('\n')[0]})`);
    }
  }
  return findFirefox();
}
