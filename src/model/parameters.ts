/** Which tensors a method trains, under the names peft and transformers save them with. */
import { isLora, TARGETS } from '../config/peft';
import { architectureOf } from './architectures';
import type { ModelConfig } from './modelConfig';
import type { Trained } from './method';
import { adapterName, type ParameterSpec, PREFIX, PROMPT } from './parameterSpec';

/** LoRA+ (Hayou et al. 2024) suggests about 16. */
const DEFAULT_RATIO = 16;

/** Biases and normalisation weights, by the names that transformers gives them. */
const decays = (name: string) => !(name.endsWith('bias') || /layernorm|layer_norm|\.ln_|norm\.weight$/i.test(name));

const spec = (of: string, shape: number[], name = of, rateScale = 1): ParameterSpec => ({ name, of, shape, decays: decays(name), rateScale, penalised: /\.lora_[AB]$/.test(of) });

/** `classifier.dense.weight` → `<prefix>classifier.modules_to_save.dense.weight`, as peft saves a module that is trained whole. */
const savedWhole = (prefix: string, module: string, tensor: string) => `${prefix}${module}.modules_to_save${tensor.slice(module.length)}`;

/** All trained tensors of `trained` on a model, in a fixed order. @throws when a target does not exist in this architecture */
export function parameterSpecs(config: ModelConfig, trained: Trained): ParameterSpec[] {
  const architecture = architectureOf(config);
  const heads = architecture.heads(config).flatMap((group) => [...group]);
  const headOf = (name: string) => architecture.trainedHeads.find((module) => name.startsWith(`${module}.`));
  const headSpecs = (prefix?: string) => heads.flatMap(([name, shape]) => {
    const module = headOf(name);
    return module ? [spec(name, shape, prefix === undefined ? name : savedWhole(prefix, module, name))] : [];
  });
  const { peft } = trained;

  if (isLora(peft)) return [...loraSpecs(config, trained), ...headSpecs('base_model.model.')];
  if (peft === 'prompt' || peft === 'prefix') {
    const tokens = trained.virtualTokens ?? 0;
    if (!(tokens >= 1)) throw new Error(`${peft}: ${tokens} virtual tokens; choose at least one`);
    const wide = peft === 'prompt' ? config.hidden : 2 * config.layers * config.keyValueHeads * config.headSize;
    return [spec(peft === 'prompt' ? PROMPT : PREFIX, [tokens, wide], 'prompt_encoder.embedding.weight'), ...headSpecs('base_model.')];
  }
  const all = [...architecture.body(config), ...heads];
  if (peft === 'full') return all.map(([name, shape]) => spec(name, shape));
  if (peft === 'bitfit') {
    const found = all.filter(([name]) => name.endsWith('bias') || headOf(name));
    if (found.length === 0) throw new Error(`bitfit: a language model of ${architecture.name} has no bias to train; choose another method`);
    return found.map(([name, shape]) => spec(name, shape));
  }
  return [...bottleneckSpecs(config, trained), ...headSpecs()];
}

function loraSpecs(config: ModelConfig, { peft, rank, targets, ratio, fromLayer = 0, branches }: Trained): ParameterSpec[] {
  const architecture = architectureOf(config);
  const specs: ParameterSpec[] = [];
  for (let layer = branches ? 0 : fromLayer; layer < config.layers; layer++) {
    for (const target of branches ? TARGETS : targets) {
      const found = architecture.targets[target];
      if (!found && branches) continue;
      if (!found) throw new Error(`LoRA: ${architecture.name} has no target "${target}"; choose among ${Object.keys(architecture.targets).join(', ')}`);
      const module = found.module(layer);
      const r = branches ? branches.get(module)?.rank : rank;
      if (r === undefined) continue;
      const [outputs, inputs] = [found.outputs(config), found.inputs(config)];
      const part = (name: string, shape: number[], rateScale = 1) => specs.push(spec(`${module}.${name}`, shape, `base_model.model.${module}.${name}.weight`, rateScale));
      part('lora_A', [r, inputs]);
      part('lora_B', [outputs, r], peft === 'loraplus' ? (ratio ?? DEFAULT_RATIO) : 1);
      if (peft === 'dora') part('lora_magnitude_vector', [outputs]);
    }
  }
  return specs;
}

/** The layer that a tensor belongs to, from its name. */
const layerOf = (name: string) => Number(/\.(\d+)\./.exec(name)?.[1] ?? -1);

/** Two bottlenecks a layer, after the attention projection and after the FFN, with the normalisations next to them. */
function bottleneckSpecs(config: ModelConfig, { bottleneck = 0, fromLayer = 0 }: Trained): ParameterSpec[] {
  if (!(bottleneck >= 1)) throw new Error(`adapter: a bottleneck of ${bottleneck}; choose a width of at least one`);
  const architecture = architectureOf(config);
  const specs: ParameterSpec[] = [];
  for (let layer = fromLayer; layer < config.layers; layer++) {
    for (const module of architecture.sublayers(layer)) {
      specs.push(spec(adapterName(module, 'down.weight'), [bottleneck, config.hidden]), spec(adapterName(module, 'down.bias'), [bottleneck]));
      specs.push(spec(adapterName(module, 'up.weight'), [config.hidden, bottleneck]), spec(adapterName(module, 'up.bias'), [config.hidden]));
    }
  }
  const norms = [...architecture.body(config)].filter(([name]) => architecture.sublayerNorm.test(name) && layerOf(name) >= fromLayer);
  return [...specs, ...norms.map(([name, shape]) => spec(name, shape))];
}
