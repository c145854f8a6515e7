/** What somebody dropped or picked, with paths below the folder where it was one. */

export interface GivenFiles {
  /** Of the folder; files without one are a model of no name. */
  name: string;
  files: { path: string; blob: File }[];
  folder: boolean;
}

const fileOf = (entry: FileSystemFileEntry) => new Promise<File>((resolve, reject) => entry.file(resolve, reject));

/** A reader hands out a hundred entries at a time, and none at the end. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}

async function filesBelow(entry: FileSystemEntry): Promise<{ path: string; blob: File }[]> {
  if (entry.isFile) return [{ path: entry.fullPath.replace(/^\//, ''), blob: await fileOf(entry as FileSystemFileEntry) }];
  return (await Promise.all((await childrenOf(entry as FileSystemDirectoryEntry)).map(filesBelow))).flat();
}

/** Everything that was dropped; has to be called while the event is being handled, since the browser forgets it afterwards. */
export function droppedFiles(transfer: DataTransfer): Promise<GivenFiles> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  const plain = pickedFiles(transfer.files);
  if (!entries.some((entry) => entry.isDirectory)) return Promise.resolve(plain);
  return Promise.all(entries.map(filesBelow)).then((found) => ({ name: entries.find((entry) => entry.isDirectory)!.name, files: found.flat(), folder: true }));
}

export function pickedFiles(list: FileList): GivenFiles {
  const files = [...list].map((blob) => ({ path: blob.webkitRelativePath || blob.name, blob }));
  const folder = files.some(({ path }) => path.includes('/'));
  const packed = files.length === 1 ? /^(.+)\.zip$/i.exec(files[0].path) : null;
  return { name: folder ? files[0].path.split('/')[0] : packed ? packed[1] : 'model', files, folder };
}

/** Whether it is an adapter: what peft saves, the file of a method that peft lacks, or a zip. The folder of a command's output has a model beside it. */
export const isAdapter = ({ files }: GivenFiles): boolean => files.some(({ path }) => /(^|\/)(adapter_config\.json|adapter(_model)?\.safetensors)$/.test(path)) || (files.length === 1 && /\.zip$/i.test(files[0].path));

/** Whether it is a model rather than runs of this page. */
export const isModel = ({ files, folder }: GivenFiles): boolean => folder || files.some(({ path }) => path.endsWith('config.json'));
