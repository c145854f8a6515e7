/** WGSL text with what the host needs to know about it: constants and bindings by name and the layout of `Params`, read from the text itself. */

/** A constant of the text whose value the host writes in (`moduleText`). */
export interface ShaderConstant {
  name: string;
  type: 'u32' | 'i32' | 'f32' | 'bool';
  /** The value in the file, false and true as 0 and 1. */
  value: number;
}

export interface ShaderBinding {
  name: string;
  binding: number;
  type: GPUBufferBindingType;
}

export interface Shader {
  /** Basename of the .wgsl file. */
  name: string;
  code: string;
  /** Whether the code calls reduce_sum or reduce_max, whose form the profile chooses. */
  reduces: boolean;
  constants: ShaderConstant[];
  bindings: Map<string, ShaderBinding>;
  params: { name: string; type: 'u32' | 'f32' }[];
}

/** The constants below this line, up to the first line that is none. */
const SET_BY_HOST = /^\/\/ set by the host\n((?:const .*\n)*)/gm;
const CONSTANT = /^const (\w+): (u32|i32|f32|bool) = ([^;]+);/gm;
const BINDING = /@group\(0\)\s*@binding\((\d+)\)\s*var<(uniform|storage,\s*read_write|storage,\s*read)>\s*(\w+)\s*:/g;

/**
 * @param name basename of the file
 * @param code the file's text
 * @param libs texts of the libraries it uses, without the reduction, which is added when a pipeline is made
 */
export function shader(name: string, code: string, libs: string[] = []): Shader {
  const whole = [...libs, code].join('\n');
  const bindings = new Map<string, ShaderBinding>();
  for (const [, binding, storage, variable] of whole.matchAll(BINDING)) {
    const type = storage === 'uniform' ? 'uniform' : storage.endsWith('write') ? 'storage' : 'read-only-storage';
    bindings.set(variable, { name: variable, binding: Number(binding), type });
  }
  const constants = [...whole.matchAll(SET_BY_HOST)].flatMap(([, block]) => [...block.matchAll(CONSTANT)].map(([, constant, type, value]): ShaderConstant => (
    { name: constant, type: type as ShaderConstant['type'], value: type === 'bool' ? Number(value === 'true') : parseFloat(value) })));
  const struct = /struct Params \{([^}]*)\}/.exec(whole);
  const fields = (struct?.[1] ?? '').replace(/\/\/.*$/gm, '');
  const params = [...fields.matchAll(/(\w+)\s*:\s*(u32|f32)/g)].map(([, field, type]) => ({ name: field, type: type as 'u32' | 'f32' }));
  return { name, code: whole, reduces: /\breduce_(sum|max)\(/.test(code), constants, bindings, params };
}

/**
 * The bindings that an entry point uses, directly or through the functions it calls. A branch that a constant switches off still counts, as
 * it does for WebGPU: what is used is a matter of the text, not of what is reached.
 */
export function bindingsOf(shader: Shader, entry: string): ShaderBinding[] {
  const bodies = functionsOf(shader.code);
  if (!bodies.has(entry)) throw new Error(`${shader.name}: no entry point ${entry}; it has ${[...bodies.keys()].join(', ')}`);
  const reached = new Set<string>();
  const used = new Set<string>();
  const visit = (name: string) => {
    reached.add(name);
    // A member such as `id.x` is no use of a binding x.
    for (const [identifier] of bodies.get(name)!.matchAll(/(?<![.\w])[A-Za-z_]\w*/g)) {
      if (shader.bindings.has(identifier)) used.add(identifier);
      else if (bodies.has(identifier) && !reached.has(identifier)) visit(identifier);
    }
  };
  visit(entry);
  return [...shader.bindings.values()].filter(({ name }) => used.has(name));
}

/** The text of every function by name, signature included, without comments. */
function functionsOf(code: string): Map<string, string> {
  const plain = code.replace(/\/\/.*$/gm, '');
  const found = new Map<string, string>();
  for (const { 1: name, index } of plain.matchAll(/\bfn (\w+)\s*\(/g)) {
    let depth = 0;
    let end = plain.indexOf('{', index);
    do {
      if (plain[end] === '{') depth++;
      if (plain[end] === '}') depth--;
      end++;
    } while (depth > 0 && end < plain.length);
    found.set(name, plain.slice(index, end));
  }
  return found;
}

/** Bytes of a shader's `Params` in a uniform buffer: a multiple of 16. */
export function paramsBytes(shader: Shader): number {
  return Math.ceil((shader.params.length * 4) / 16) * 16;
}

/** Writes `values` in the order in which `Params` declares its fields. Every field must be given, and nothing else. */
export function packParams(shader: Shader, values: Record<string, number>, into: DataView, offset: number): void {
  const unknown = Object.keys(values).filter((name) => !shader.params.some((field) => field.name === name));
  if (unknown.length) throw new Error(`${shader.name}: Params has no field ${unknown.join(', ')}; it has ${shader.params.map((field) => field.name).join(', ')}`);
  shader.params.forEach((field, index) => {
    const value = values[field.name];
    if (value === undefined || Number.isNaN(value)) throw new Error(`${shader.name}: Params needs ${field.name} (${value}); pass it with the dispatch`);
    if (field.type === 'u32') into.setUint32(offset + index * 4, value, true);
    else into.setFloat32(offset + index * 4, value, true);
  });
}
