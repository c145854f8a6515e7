/** The golden cases that lie in `src/fixtures`, as folders a browser reads. */
import { folderReading, type ModelFolder } from '../../model/files/modelFolder';

const ROOT = '../../fixtures/golden/';
const files: Record<string, string> = import.meta.glob('../../fixtures/golden/**/*.{json,safetensors}', { query: '?url', import: 'default', eager: true });

export const FIXTURES = [...new Set(Object.keys(files).map((path) => path.slice(ROOT.length).split('/')[0]))].sort();

/** @param below a folder inside the fixture, such as `model/` */
export function fixtureFolder(name: string, below = ''): ModelFolder {
  return folderReading(name, async (file) => {
    const url = files[`${ROOT}${name}/${below}${file}`];
    if (!url) throw new Error(`fixture ${name} has no file ${below}${file}`);
    return (await fetch(url)).arrayBuffer();
  });
}
