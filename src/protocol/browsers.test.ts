import { expect, it } from 'vitest';
import { adapterAdvice, adapterName, browserOf, webgpuAdvice } from './browsers';

const FIREFOX = (system: string, version: number) => `Mozilla/5.0 (${system}; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`;
const CHROME = (system: string, rest: string) => `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) ${rest} Safari/537.36`;
const SAFARI = (version: number) => `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${version}.1 Safari/605.1.15`;
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1';
const [LINUX, WINDOWS, MAC, ANDROID] = ['X11; Linux x86_64', 'Windows NT 10.0; Win64; x64', 'Macintosh; Intel Mac OS X 10.15', 'Android 14; Mobile'];

it.each([
  [FIREFOX(LINUX, 153), 'Firefox', 153, 'Linux'], [FIREFOX(ANDROID, 150), 'Firefox', 150, 'Android'], [SAFARI(18), 'Safari', 18, 'macOS'],
  [CHROME(LINUX, 'HeadlessChrome/156.0.0.0'), 'Chrome', 156, 'Linux'], [CHROME(WINDOWS, 'Chrome/140.0.0.0 Edg/141.0.0.0'), 'Edge', 141, 'Windows'], [IPHONE, 'Chrome', 140, 'iOS'],
  ['Node.js/22', 'Node.js', 22, 'other'], ['Deno/2.9.6', 'Deno', 2, 'other'],
])('%s', (userAgent, name, version, system) => {
  expect(browserOf(userAgent)).toEqual({ name, version, system });
});

it.each([
  [FIREFOX(LINUX, 153), /Firefox on Linux, set dom\.webgpu\.enabled/], [FIREFOX(WINDOWS, 128), /on Windows from version 141/], [FIREFOX(WINDOWS, 150), /dom\.webgpu\.enabled/],
  [FIREFOX(MAC, 140), /on macOS from version 147/], [FIREFOX(ANDROID, 150), /on Android, set dom/], [SAFARI(18), /from version 26/], [SAFARI(26), /macOS 26/], [IPHONE, /iOS 26/],
  [CHROME(LINUX, 'Chrome/140.0'), /chrome:\/\/flags\/#enable-unsafe-webgpu/], [CHROME(LINUX, 'Chrome/140.0 Edg/140.0'), /edge:\/\/flags/], [CHROME(WINDOWS, 'Chrome/100.0'), /from version 113/],
  [CHROME(ANDROID, 'Chrome/140.0'), /Android 12/], [CHROME(WINDOWS, 'Chrome/140.0'), /hardware acceleration/], ['lynx', /current Chrome or Edge/],
])('without WebGPU, %s is told how to get it', (userAgent, words) => {
  expect(webgpuAdvice(userAgent)).toMatch(words);
});

it.each([
  [FIREFOX(LINUX, 153), /libvulkan1, mesa-vulkan-drivers.*gfx\.webgpu\.ignore-blocklist/], [FIREFOX(WINDOWS, 150), /driver.*gfx\.webgpu\.ignore-blocklist/],
  [CHROME(LINUX, 'Chrome/140.0'), /Vulkan driver.*#enable-vulkan/], [CHROME(MAC, 'Chrome/140.0'), /hardware acceleration/], [SAFARI(26), /Restart/], ['lynx', /current Chrome or Edge/],
])('without an adapter, %s is told what it lacks', (userAgent, words) => {
  expect(adapterAdvice(userAgent)).toMatch(words);
  expect(adapterAdvice(userAgent)).not.toContain('dom.webgpu.enabled');
});

it('calls an adapter what it calls itself, and one without a name by its browser', () => {
  const info = { vendor: 'google', architecture: 'swiftshader', description: '' };
  expect(adapterName(info)).toBe('google swiftshader');
  expect(adapterName({ ...info, description: 'SwiftShader Device' })).toBe('SwiftShader Device');
  const nameless = { vendor: '', architecture: '', description: '' };
  expect(adapterName(nameless, FIREFOX(LINUX, 153))).toBe('Firefox 153 adapter');
  expect(adapterName(nameless, 'lynx')).toBe('Unnamed adapter');
});
