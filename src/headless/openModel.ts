/** What a person names on the command line → the files of a model or an adapter. The one place where commands open sources. */
import { existsSync, openAsBlob, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type SourceReference, understand } from '../config/sources';
import { diskSource } from '../sources/disk';
import { localSource } from '../sources/files';
import { openSource } from '../sources/open';
import type { Source, SourceFile } from '../sources/source';

export interface Openable {
  /** Folder that holds the folders of the built-in models. */
  models: string;
}

/** A name that can only be one of a file: the Hub's have one slash, and begin with a letter or a digit. */
const isPath = (text: string): boolean => /^[.~/\\]|^[A-Za-z]:[\\/]|\\|\/.*\//.test(text) && !/^[a-z]+:/i.test(text.replace(/^[A-Za-z]:[\\/]/, ''));

/**
 * @param text a folder on this machine, the name of a built-in model, `hub:org/name@COMMIT`, `org/name`, or the address of a folder. A folder
 *   that is there wins.
 * @param what as the beginning of a sentence: `--model`
 * @throws with a sentence
 */
export async function openNamed(text: string, what: string, { models }: Openable): Promise<Source> {
  const folder = resolve(text);
  if (existsSync(folder)) {
    if (!statSync(folder).isDirectory()) throw new Error(`${what} ${text} is a file; give the folder that holds it`);
    const files = await diskSource(folder).list();
    if (files.length === 0) throw new Error(`${what} ${text} holds no file; give the folder that has its configuration and its weights`);
    return diskSource(folder, await localReference(folder, files));
  }
  const isBuiltIn = /^[a-z0-9-]+$/.test(text) && existsSync(join(models, text, 'config.json'));
  const builtIn = (name: string) => diskSource(join(models, name), { kind: 'builtin', name });
  if (isBuiltIn) return builtIn(text);
  if (isPath(text)) throw new Error(`${what} ${text} is no folder on this machine; check the path`);
  const understood = understand(text);
  if ('problem' in understood) throw new Error(`${what}: ${understood.problem}`);
  if (!/[/:]/.test(text)) throw new Error(`${what} ${text} is neither a folder on this machine nor a built-in model; give a path, a built-in name, org/name of the Hugging Face Hub, or the address of a folder`);
  return openSource(understood.reference, { builtIn, local: () => undefined });
}

/** What the page calls the same folder when it is dropped there. */
async function localReference(folder: string, files: readonly SourceFile[]): Promise<SourceReference> {
  const local = await Promise.all(files.map(async ({ path }) => ({ path, blob: await openAsBlob(join(folder, path)) })));
  return (await localSource(basename(folder), local)).reference;
}

/** The files of a model. @throws with a sentence */
export const openModel = (text: string, openable: Openable): Promise<Source> => openNamed(text, '--model', openable);
