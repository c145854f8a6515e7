/** A kernel that the shader compiler of this browser, or of this driver, does not take: no fault of the GPU's numbers, and none that trying again mends. */

/** Errors that are put into words; the rest is usually their echo. */
const MOST_ERRORS = 5;

export class CompilerRefusal extends Error {
  /**
   * @param kernel shader and entry point
   * @param words what the compiler said, each error with the line of the text that it speaks of
   */
  constructor(readonly kernel: string, readonly words: string) {
    super(`the shader compiler refused ${kernel} (${words.split('\n')[0]})`);
  }
}

/**
 * Why a pipeline could not be made, as a refusal; undefined where the reason is another, above all a device that has gone.
 * @param error what `createComputePipelineAsync` rejected with
 */
export async function refusalOf(device: GPUDevice, module: GPUShaderModule, kernel: string, text: string, error: unknown): Promise<CompilerRefusal | undefined> {
  const gone = await Promise.race([device.lost.then(() => true), Promise.resolve(false)]);
  if (gone) return undefined;
  const messages = await module.getCompilationInfo().then((info) => [...info.messages], () => []);
  const errors = messages.filter(({ type }) => type === 'error').slice(0, MOST_ERRORS);
  const lines = text.split('\n');
  const words = errors.map(({ lineNum, linePos, message }) => [`${lineNum}:${linePos} ${message}`, lines[lineNum - 1]?.trim()].filter(Boolean).join('\n'));
  if (words.length > 0) return new CompilerRefusal(kernel, words.join('\n'));
  // What only the driver's compiler refuses has no line: WebGPU rejects with this error alone.
  const { name, message } = error as { name?: string; message?: string };
  return name === 'GPUPipelineError' ? new CompilerRefusal(kernel, message || 'no reason was given') : undefined;
}
