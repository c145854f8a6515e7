/** Shader + overrides → compute pipeline, made once per device: compiling the same text twice costs the same again on a software adapter. */
import reduceRow from '../../shaders/lib/reduce_row.wgsl?raw';
import reduceSerial from '../../shaders/lib/reduce_serial.wgsl?raw';
import reduceSubgroup from '../../shaders/lib/reduce_subgroup.wgsl?raw';
import reduceTree from '../../shaders/lib/reduce_tree.wgsl?raw';
import type { Gpu } from './device';
import { bindingsOf, type Shader, type ShaderBinding } from './shader';

export interface PipelineKey {
  shader: Shader;
  entry: string;
  overrides: Record<string, number>;
}

export interface Pipeline {
  pipeline: GPUComputePipeline;
  layout: GPUBindGroupLayout;
  /** What a bind group must supply. */
  bindings: ShaderBinding[];
}

export class Pipelines {
  private readonly modules = new Map<string, GPUShaderModule>();
  private readonly layouts = new Map<string, GPUBindGroupLayout>();
  private readonly pipelines = new Map<string, Promise<Pipeline>>();

  constructor(private readonly gpu: Gpu) {}

  /** How many pipelines were asked for so far. */
  get size(): number {
    return this.pipelines.size;
  }

  /** The pipeline for `key`; compiles it the first time, in the background. */
  get(key: PipelineKey): Promise<Pipeline> {
    const lanes = key.overrides.LANES ?? 1;
    const id = `${key.shader.name}/${key.entry}/${JSON.stringify(key.overrides)}`;
    let made = this.pipelines.get(id);
    if (!made) {
      made = this.compile(key, lanes, id);
      this.pipelines.set(id, made);
    }
    return made;
  }

  private async compile(key: PipelineKey, lanes: number, id: string): Promise<Pipeline> {
    const { device } = this.gpu;
    const module = this.moduleOf(key.shader, lanes);
    const bindings = bindingsOf(key.shader, key.entry);
    const layout = this.layoutOf(bindings);
    // An override that this module does not declare would be an error; the caller may pass the same set to every shader of a family.
    const constants = Object.fromEntries(Object.entries(key.overrides).filter(([name]) => new RegExp(`override ${name}\\b`).test(key.shader.code)));
    const pipeline = await device.createComputePipelineAsync({
      label: id,
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: key.entry, constants },
    });
    return { pipeline, layout, bindings };
  }

  /** The form of the reduction follows from the number of lanes: one lane needs none, a subgroup shuffles, more share workgroup memory. */
  private moduleOf(shader: Shader, lanes: number): GPUShaderModule {
    const form = !shader.reduces ? 'plain' : lanes === 1 ? 'serial' : lanes <= this.gpu.subgroupSize ? 'subgroup' : 'tree';
    const id = `${shader.name}/${form}`;
    let module = this.modules.get(id);
    if (!module) {
      const library = { plain: [], serial: [reduceRow, reduceSerial], subgroup: [reduceRow, reduceSubgroup], tree: [reduceRow, reduceTree] }[form];
      const code = `${form === 'subgroup' ? 'enable subgroups;\n' : ''}${[shader.code, ...library].join('\n')}`;
      module = this.gpu.device.createShaderModule({ label: id, code });
      this.modules.set(id, module);
    }
    return module;
  }

  private layoutOf(entries: ShaderBinding[]): GPUBindGroupLayout {
    const id = entries.map((entry) => `${entry.binding}:${entry.type}`).join();
    let layout = this.layouts.get(id);
    if (!layout) {
      layout = this.gpu.device.createBindGroupLayout({
        label: id,
        entries: entries.map(({ binding, type }) => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer: { type } })),
      });
      this.layouts.set(id, layout);
    }
    return layout;
  }
}
