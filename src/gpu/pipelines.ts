/** Shader + constants → compute pipeline, made once per device: compiling the same text twice costs the same again on a software adapter. */
import type { Gpu } from './device';
import { refusalOf } from './compilerRefusal';
import { moduleText } from './moduleText';
import { bindingsOf, type Shader, type ShaderBinding } from './shader';

export interface PipelineKey {
  shader: Shader;
  entry: string;
  /** Values of the shader's constants, false and true as 0 and 1; what is left out keeps the value in the text. */
  constants: Record<string, number>;
}

export interface Pipeline {
  pipeline: GPUComputePipeline;
  layout: GPUBindGroupLayout;
  /** What a bind group must supply. */
  bindings: ShaderBinding[];
}

export class Pipelines {
  /** By text. */
  private readonly modules = new Map<string, GPUShaderModule>();
  private readonly layouts = new Map<string, GPUBindGroupLayout>();
  /** By entry point and text, so that two ways of saying the same constants make one pipeline. */
  private readonly pipelines = new Map<string, Promise<Pipeline>>();
  /** The same by what was asked for: a plan asks hundreds of times, and writing a text takes longer than looking it up. */
  private readonly asked = new Map<string, Promise<Pipeline>>();

  constructor(private readonly gpu: Gpu) {}

  /** How many pipelines were made so far. */
  get size(): number {
    return this.pipelines.size;
  }

  /**
   * The pipeline for `key`; compiles it the first time, in the background. Rejects with a `CompilerRefusal` where it does not compile.
   * @throws where the shader has no such constant or entry point
   */
  get(key: PipelineKey): Promise<Pipeline> {
    // The self-test may take the subgroups away after a first pipeline.
    const label = `${key.shader.name}/${key.entry}/${JSON.stringify(key.constants)}/${this.gpu.subgroupSize}`;
    let made = this.asked.get(label);
    if (!made) {
      made = this.make(key, label);
      this.asked.set(label, made);
    }
    return made;
  }

  private make({ shader, entry, constants }: PipelineKey, label: string): Promise<Pipeline> {
    const text = moduleText(shader, constants, this.gpu.subgroupSize);
    const id = `${entry}\n${text}`;
    let made = this.pipelines.get(id);
    if (!made) {
      made = this.compile(text, shader, entry, label);
      this.pipelines.set(id, made);
    }
    return made;
  }

  private async compile(text: string, shader: Shader, entryPoint: string, label: string): Promise<Pipeline> {
    const { device } = this.gpu;
    const bindings = bindingsOf(shader, entryPoint);
    const layout = this.layoutOf(bindings);
    // A module that does not compile is told of by its pipeline, and not a second time as an error of the device.
    device.pushErrorScope('validation');
    const module = this.moduleOf(text, shader.name);
    void device.popErrorScope().catch(() => null);
    try {
      const pipeline = await device.createComputePipelineAsync({
        label,
        layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module, entryPoint },
      });
      return { pipeline, layout, bindings };
    } catch (error) {
      throw (await refusalOf(device, module, `${shader.name} ${entryPoint}`, text, error)) ?? error;
    }
  }

  private moduleOf(code: string, label: string): GPUShaderModule {
    let module = this.modules.get(code);
    if (!module) {
      module = this.gpu.device.createShaderModule({ label, code });
      this.modules.set(code, module);
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
