/** A shader's text with everything in it that the host decides: the values of its constants, the form of its reductions, plain sizes. */
import reduceRow from '../../shaders/lib/reduce_row.wgsl?raw';
import reduceSerial from '../../shaders/lib/reduce_serial.wgsl?raw';
import reduceSubgroup from '../../shaders/lib/reduce_subgroup.wgsl?raw';
import reduceTree from '../../shaders/lib/reduce_tree.wgsl?raw';
import type { Shader, ShaderConstant } from './shader';

const LIBRARIES = { none: [], serial: [reduceRow, reduceSerial], subgroup: [reduceRow, reduceSubgroup], tree: [reduceRow, reduceTree] };

/**
 * The text of a module, free of `override`: Safari 26 refuses those in the size of a workgroup's array, those derived from others, and values for
 * those that the entry point does not use.
 * @param constants values by name; false and true are 0 and 1; what is left out keeps the value in the shader's text
 * @param subgroupSize smallest subgroup of the device, 0 where it has none
 * @throws where a constant is unknown, or its value is none of its type
 */
export function moduleText(shader: Shader, constants: Record<string, number>, subgroupSize: number): string {
  const unknown = Object.keys(constants).filter((name) => !shader.constants.some((constant) => constant.name === name));
  if (unknown.length) throw new Error(`${shader.name}: no constant ${unknown.join(', ')} is set by the host; it has ${shader.constants.map(({ name }) => name).join(', ') || 'none'}`);
  const form = reductionOf(shader, constants.LANES ?? 1, subgroupSize);
  let text = [shader.code, ...LIBRARIES[form]].join('\n');
  // Those that keep their value are written too, so that one set of values has one text.
  for (const constant of shader.constants) {
    const value = literal(shader, constant, constants[constant.name] ?? constant.value);
    text = text.replace(new RegExp(`(\\bconst ${constant.name}: \\w+ = )[^;]+;`), (_, declaration) => `${declaration}${value};`);
  }
  return `${/\b(subgroup|quad)[A-Z]\w*\(/.test(text) ? 'enable subgroups;\n' : ''}${withPlainSizes(text)}`;
}

/** The form follows from the number of lanes: one lane needs none, a subgroup shuffles, more share workgroup memory. */
function reductionOf({ reduces }: Shader, lanes: number, subgroupSize: number): keyof typeof LIBRARIES {
  if (!reduces) return 'none';
  return lanes === 1 ? 'serial' : lanes <= subgroupSize ? 'subgroup' : 'tree';
}

function literal({ name: shaderName }: Shader, { name, type }: ShaderConstant, value: number): string {
  if (type === 'bool' && (value === 0 || value === 1)) return value ? 'true' : 'false';
  if (type === 'u32' && Number.isInteger(value) && value >= 0 && value < 2 ** 32) return `${value}u`;
  if (type === 'i32' && Number.isInteger(value) && Math.abs(value) < 2 ** 31) return `${value}i`;
  if (type === 'f32' && Number.isFinite(Math.fround(value))) return `${value}f`;
  throw new Error(`${shaderName}: ${value} is no value for the ${type} ${name}`);
}

/** Sizes of workgroups and of arrays as numbers: not every compiler takes more than a number there. */
function withPlainSizes(text: string): string {
  return text
    .replace(/(@workgroup_size\()([^)]*)\)/g, (_, before, sizes: string) => `${before}${sizes.split(',').map((size) => sizeOf(text, size)).join(', ')})`)
    .replace(/(\barray<\w+, *)([^>]+)>/g, (_, before, size: string) => `${before}${sizeOf(text, size)}>`);
}

/** The value of sums of products of numbers and constants. */
function sizeOf(text: string, expression: string): number {
  const factor = (name: string): number => {
    const number = /^(\d+)u?$/.exec(name);
    if (number) return Number(number[1]);
    const constant = new RegExp(`\\bconst ${name}\\b[^=]*= ([^;]+);`).exec(text);
    if (!constant) throw new Error(`size ${expression}: ${name} is neither a number nor a constant of the text; write sums of products of these`);
    return sizeOf(text, constant[1]);
  };
  const product = (term: string) => term.split('*').reduce((value, name) => value * factor(name.trim()), 1);
  return expression.split('+').reduce((sum, term) => sum + product(term), 0);
}
