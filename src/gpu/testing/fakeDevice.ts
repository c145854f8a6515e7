/** A device for tests without a GPU: it knows two kernels by their labels, and what it compiles and computes can be made to go wrong. */

export interface FakeOptions {
  /** What the compiler says against a module and entry point; undefined: it takes them. */
  refuse?: (text: string, entry: string) => string | undefined;
  /** Whether the result of this kernel comes out wrong. */
  spoil?: (text: string, entry: string) => boolean;
  /** Whether it refuses only when the pipeline is made, without a word on the module, as drivers do. */
  silent?: boolean;
  architecture?: string;
  subgroups?: boolean;
}

interface FakeBuffer { bytes: ArrayBuffer }
interface FakePipeline { text: string; entry: string }

/** Of the constants that flags of WebGPU are, the ones the engine names. */
const USAGE = { MAP_READ: 1, COPY_SRC: 4, COPY_DST: 8, UNIFORM: 64, STORAGE: 128, QUERY_RESOLVE: 512 };
export function defineFlags(): void {
  Object.assign(globalThis, { GPUBufferUsage: USAGE, GPUShaderStage: { COMPUTE: 4 }, GPUMapMode: { READ: 1 } });
}

export function fakeGpu({ refuse = () => undefined, spoil = () => false, silent = false, architecture = 'hopper', subgroups = true }: FakeOptions = {}) {
  /** Errors that no scope took. */
  const uncaptured: string[] = [];
  const compiled: string[] = [];
  const scopes: (string | null)[] = [];
  const lost = new Promise<GPUDeviceLostInfo>(() => {});
  const complain = (message: string) => {
    if (scopes.length > 0) scopes[scopes.length - 1] ??= message;
    else uncaptured.push(message);
  };
  const wordsOf = (text: string) => [...text.matchAll(/\bfn (\w+)/g)].map(([, entry]) => refuse(text, entry)).find((words) => words !== undefined);
  const device = {
    features: new Set(subgroups ? ['subgroups'] : []), lost, addEventListener() {}, destroy() {},
    limits: new Proxy({}, { get: () => 2 ** 30 }),
    pushErrorScope: () => void scopes.push(null),
    popErrorScope: async () => { const message = scopes.pop(); return message ? { message } : null; },
    createShaderModule: ({ code }: GPUShaderModuleDescriptor) => {
      const words = silent ? undefined : wordsOf(code);
      if (words) complain(words);
      return { code, getCompilationInfo: async () => ({ messages: words ? [{ type: 'warning', message: 'unused', lineNum: 1, linePos: 1 }, { type: 'error', message: words, lineNum: 2, linePos: 7 }] : [] }) };
    },
    createBindGroupLayout: () => ({}), createPipelineLayout: () => ({}),
    createComputePipelineAsync: async ({ compute: { module, entryPoint } }: GPUComputePipelineDescriptor): Promise<FakePipeline> => {
      const { code } = module as unknown as { code: string };
      const words = silent ? refuse(code, entryPoint!) : wordsOf(code);
      if (words) throw Object.assign(new Error(silent ? words : 'the module is invalid'), { name: 'GPUPipelineError', reason: 'validation' });
      compiled.push(`${entryPoint}\n${code}`);
      return { text: code, entry: entryPoint! };
    },
    createBuffer: ({ size }: GPUBufferDescriptor) => {
      const buffer: FakeBuffer = { bytes: new ArrayBuffer(size) };
      return { ...buffer, mapAsync: async () => {}, getMappedRange: () => buffer.bytes, unmap() {}, destroy() {} };
    },
    createBindGroup: ({ entries }: GPUBindGroupDescriptor) => new Map([...entries].map(({ binding, resource }) => [binding, (resource as unknown as { buffer: FakeBuffer }).buffer])),
    createCommandEncoder: () => {
      let pipeline: FakePipeline;
      let group: Map<number, FakeBuffer>;
      return {
        beginComputePass: () => ({
          setPipeline: (one: FakePipeline) => { pipeline = one; }, setBindGroup: (_: number, one: Map<number, FakeBuffer>) => { group = one; },
          dispatchWorkgroups: () => compute(pipeline, group, spoil(pipeline.text, pipeline.entry)), end() {},
        }),
        copyBufferToBuffer: (from: FakeBuffer, at: number, to: FakeBuffer, into: number, bytes: number) => new Uint8Array(to.bytes).set(new Uint8Array(from.bytes, at, bytes), into),
        finish: () => ({}),
      };
    },
    queue: { submit() {}, onSubmittedWorkDone: async () => {}, writeBuffer: (to: FakeBuffer, at: number, values: ArrayBuffer | ArrayBufferView) => new Uint8Array(to.bytes).set(new Uint8Array(ArrayBuffer.isView(values) ? values.buffer : values), at) },
  };
  const adapter = {
    info: { vendor: '', architecture, description: '', isFallbackAdapter: false, subgroupMinSize: 16 }, features: device.features, limits: device.limits, requestDevice: async () => device,
  };
  return { entry: { requestAdapter: async () => adapter } as unknown as GPU, uncaptured, compiled };
}

/** What the self-test's kernels compute: sums of columns, and a product of row-major matrices. Nothing else, and nothing large, is computed at all. */
function compute({ text, entry }: FakePipeline, group: Map<number, FakeBuffer>, spoilt: boolean): void {
  const words = new Uint32Array(group.get(0)!.bytes);
  const floats = (binding: number) => new Float32Array(group.get(binding)!.bytes);
  if (/^\/\/ column_sum/m.test(text)) {
    const [rows, columns] = words;
    const y = floats(3);
    for (let c = 0; c < columns; c++) {
      y[c] = spoilt ? 1e3 : 0;
      for (let r = 0; r < rows; r++) y[c] += floats(2)[r * columns + c];
    }
  } else if (/^\/\/ matmul/m.test(text) && /^(tiles|registers|quads)$/.test(entry)) {
    const [rows, columns, depth] = words;
    if (rows * columns * depth > 1e5) return;
    const [a, b, c] = [floats(2), floats(3), floats(5)];
    for (let i = 0; i < rows * columns; i++) {
      c[i] = spoilt ? 1e3 : 0;
      for (let k = 0; k < depth; k++) c[i] += a[Math.floor(i / columns) * depth + k] * b[k * columns + (i % columns)];
    }
  }
}
