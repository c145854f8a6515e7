/** Real trained checkpoints, where the machine has them (tools/referenceData.mjs). */
import { commands } from 'vitest/browser';
import { folderReading, type ModelFolder } from '../../model/files/modelFolder';

declare module 'vitest/browser' {
  interface BrowserCommands {
    referenceFile(path: string): Promise<string | undefined>;
  }
}

/** The folder `checkpoints/<name>`, undefined where it is not there. */
export async function referenceCheckpoint(name: string): Promise<ModelFolder | undefined> {
  const bytes = async (file: string) => {
    const encoded = await commands.referenceFile(`checkpoints/${name}/${file}`);
    return encoded === undefined ? undefined : bytesOf(encoded).buffer;
  };
  if (!(await bytes('config.json'))) return undefined;
  return folderReading(name, async (file) => {
    const found = await bytes(file);
    if (!found) throw new Error(`reference checkpoint ${name} has no file ${file}`);
    return found;
  });
}

export const bytesOf = (encoded: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
