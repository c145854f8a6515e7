/** Which browser one is in, and what it lacks for WebGPU: each lacks something else. */

export interface BrowserAtHand {
  name: 'Firefox' | 'Safari' | 'Chrome' | 'Edge' | 'Node.js' | 'Deno';
  /** Major version. */
  version: number;
  system: 'Linux' | 'Android' | 'Windows' | 'macOS' | 'iOS' | 'other';
}

/** In the order of asking: every browser's line also names those it wants to be taken for. */
const NAMES: [RegExp, BrowserAtHand['name']][] = [
  [/\b(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'], [/\b(?:Edg|EdgA|EdgiOS)\/(\d+)/, 'Edge'], [/\b(?:Chrome|Chromium|HeadlessChrome|CriOS)\/(\d+)/, 'Chrome'],
  [/\bVersion\/(\d+).*\bSafari\//, 'Safari'], [/\bNode\.js\/(\d+)/, 'Node.js'], [/\bDeno\/(\d+)/, 'Deno'],
];
const SYSTEMS: [RegExp, BrowserAtHand['system']][] = [[/Android/, 'Android'], [/iPhone|iPad|iPod/, 'iOS'], [/Windows/, 'Windows'], [/Mac/, 'macOS'], [/Linux|X11/, 'Linux']];

/** From the line in which a browser describes itself; undefined for one that nobody here knows. */
export function browserOf(userAgent: string): BrowserAtHand | undefined {
  for (const [pattern, name] of NAMES) {
    const version = pattern.exec(userAgent)?.[1];
    if (version) return { name, version: Number(version), system: SYSTEMS.find(([system]) => system.test(userAgent))?.[1] ?? 'other' };
  }
  return undefined;
}

const OTHER = 'Open this page in a current Chrome or Edge.';

/** Where there is no `navigator.gpu`: how to get it in the browser at hand. */
export function webgpuAdvice(userAgent: string): string {
  const browser = browserOf(userAgent);
  if (!browser) return OTHER;
  const { name, version, system } = browser;
  if (system === 'iOS') return 'On iPhone and iPad every browser gets WebGPU from the system, which has it from iOS 26 on; update it.';
  if (name === 'Safari') return version < 26 ? 'Safari has WebGPU from version 26 on; update, or use a current Chrome or Edge.' : 'Safari 26 has WebGPU on macOS 26 only; update macOS, or use a current Chrome or Edge.';
  if (name === 'Firefox') {
    const shipped = { Windows: 141, macOS: 147, Linux: Infinity, Android: Infinity, iOS: Infinity, other: Infinity }[system];
    if (version < shipped && Number.isFinite(shipped)) return `Firefox has WebGPU on ${system} from version ${shipped} on; update, or use a current Chrome or Edge.`;
    return `In Firefox${system === 'other' ? '' : ` on ${system}`}, set dom.webgpu.enabled to true in about:config and load the page again, or use a current Chrome or Edge.`;
  }
  if (version < 113) return `${name} has WebGPU from version 113 on; update it.`;
  if (system === 'Linux') return `In ${name} on Linux, switch on ${flags(name)}#enable-unsafe-webgpu and restart the browser.`;
  if (system === 'Android') return `${name} has WebGPU on Android 12 and later, from version 121 on; update both.`;
  return `Update ${name}, and switch on hardware acceleration in its settings under System.`;
}

/** Where WebGPU is there and finds no adapter: what it lacks. */
export function adapterAdvice(userAgent: string): string {
  const browser = browserOf(userAgent);
  if (!browser) return OTHER;
  const { name, system } = browser;
  if (name === 'Firefox' && system === 'Linux') return 'Firefox needs a Vulkan driver (Debian: libvulkan1, mesa-vulkan-drivers), and for one on its blocklist gfx.webgpu.ignore-blocklist set to true in about:config.';
  if (name === 'Firefox') return 'Update the graphics driver; where Firefox blocks it, set gfx.webgpu.ignore-blocklist to true in about:config.';
  if (name === 'Safari' || system === 'iOS') return 'Restart the browser, and update the system.';
  if (system === 'Linux') return `In ${name} on Linux, install a Vulkan driver, switch on ${flags(name)}#enable-unsafe-webgpu and #enable-vulkan, and restart.`;
  return `Update the graphics driver and ${name}, and switch on hardware acceleration in its settings under System.`;
}

const flags = (name: string) => (name === 'Edge' ? 'edge://flags/' : 'chrome://flags/');

/** What an adapter calls itself; where its browser keeps that back, as Firefox does, whose it is. */
export function adapterName({ vendor, architecture, description }: { vendor: string; architecture: string; description: string }, userAgent: string | undefined = globalThis.navigator?.userAgent): string {
  const named = description || [vendor, architecture].filter(Boolean).join(' ');
  if (named) return named;
  const browser = browserOf(userAgent ?? '');
  return browser ? `${browser.name} ${browser.version} adapter` : 'Unnamed adapter';
}
