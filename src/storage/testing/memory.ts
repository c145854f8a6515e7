/** Directories in memory, with a quota, for tests. */
import { type Appender, BusyError, type Directory, QuotaError } from '../shelves';

export interface Memory {
  directory: Directory;
  /** Bytes that all files may take together. */
  quota: number;
}

export function memoryDirectory(quota = Infinity): Memory {
  const memory = { quota } as Memory;
  let used = 0;
  const make = (): Directory => {
    const files = new Map<string, Uint8Array<ArrayBuffer>>();
    const folders = new Map<string, Directory>();
    const writing = new Set<string>();
    const put = (name: string, bytes: Uint8Array<ArrayBuffer>) => {
      const more = bytes.length - (files.get(name)?.length ?? 0);
      if (used + more > memory.quota) throw new QuotaError(`${used + more} of ${memory.quota} bytes`);
      used += more;
      files.set(name, bytes);
    };
    return {
      names: () => Promise.resolve([...files.keys(), ...folders.keys()]),
      directory(name) {
        const folder = folders.get(name) ?? make();
        folders.set(name, folder);
        return Promise.resolve(folder);
      },
      size: (name) => Promise.resolve(files.get(name)?.length),
      read: (name, begin, end) => Promise.resolve((files.get(name) ?? new Uint8Array()).slice(begin, end)),
      append(name): Promise<Appender> {
        if (writing.has(name)) return Promise.reject(new BusyError(name));
        writing.add(name);
        if (!files.has(name)) files.set(name, new Uint8Array());
        return Promise.resolve({
          append(bytes: Uint8Array<ArrayBuffer>) {
            const before = files.get(name) ?? new Uint8Array();
            const all = new Uint8Array(before.length + bytes.length);
            all.set(before);
            all.set(bytes, before.length);
            try {
              put(name, all);
              return Promise.resolve();
            } catch (error) {
              return Promise.reject(error as Error);
            }
          },
          close() {
            writing.delete(name);
            return Promise.resolve();
          },
        });
      },
      write(name, bytes) {
        put(name, bytes.slice());
        return Promise.resolve();
      },
      remove(name) {
        used -= files.get(name)?.length ?? 0;
        files.delete(name);
        folders.delete(name);
        return Promise.resolve();
      },
    };
  };
  memory.directory = make();
  return memory;
}
