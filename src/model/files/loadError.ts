/** A file that cannot be used. `message` reads `<file>: <what> (<value>); <what to do next>`; the page shows it as a `load_failed` fault. */
export class LoadError extends Error {
  override name = 'LoadError';

  /**
   * @param file which file, as people know it (`model.safetensors`)
   * @param detail what is wrong and what to do next
   */
  constructor(readonly file: string, readonly detail: string) {
    super(`${file}: ${detail}`);
  }
}
