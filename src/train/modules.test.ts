/**
 * Every module text that the engine can make, found by planning what it can train and not from a list: each architecture, method, pattern,
 * profile and tile. What not every browser's compiler takes may stand in none of them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { distinct, productForm } from '../../bench/subjects';
import { COMPENSATIONS, CONSISTENCY_KINDS, type DropoutRules, dropoutProblems, hasLayerRules, PATTERNS, type Position, POSITIONS, SECOND_PASSES } from '../config/dropout';
import { PEFT_KINDS } from '../config/peft';
import { planFill, planStep } from '../generation/plans';
import { moduleText } from '../gpu/moduleText';
import type { Plan } from '../graph/compile';
import type { Dispatch } from '../graph/emitter';
import { ARCHITECTURES } from '../model/architectures';
import type { ModelConfig } from '../model/modelConfig';
import type { Method } from '../model/method';
import { parameterSpecs } from '../model/parameters';
import { planEvaluation, planStates, type PlanTarget, planTraining } from '../model/plans';
import { sliceArena } from '../model/state';
import { CANDIDATES } from './autotune';
import { tinyConfig } from './testing/tinyTrainer';

const BATCH = { samples: 4, tokens: 9 };
const SUBGROUP_SIZES = [0, 4, 8, 16, 32, 64, 128];
const TARGETS: PlanTarget[] = [{ profile: 'software', subgroupSize: 0 }, { profile: 'software', subgroupSize: 4 }, ...SUBGROUP_SIZES.map((subgroupSize) => ({ profile: 'gpu', subgroupSize }) as const)];

/** The same rule wherever it may be; where a compensation means nothing, the position's own. */
function everywhere(index: number, fromLayer: number): DropoutRules {
  const rule = { p: 0.1, pattern: PATTERNS[index % PATTERNS.length], fromLayer };
  const compensation = COMPENSATIONS[Math.floor(index / PATTERNS.length) % COMPENSATIONS.length];
  return Object.fromEntries(POSITIONS.map((position) => {
    const full = { ...rule, compensation };
    return [position, dropoutProblems({ [position]: full }, 3).length > 0 ? rule : full];
  }).filter(([position]) => fromLayer === 0 || hasLayerRules(position as Position)));
}

function methods(causal: boolean): Method[] {
  const found: Method[] = [];
  for (const peft of PEFT_KINDS) {
    const base: Method = { peft, rank: 3, alpha: 6, targets: causal ? ['q', 'v'] : ['q', 'v', 'down'], virtualTokens: 2, bottleneck: 4, dropout: {}, consistency: { kind: 'none', alpha: 0, second: 'dropped_stopgrad' } };
    found.push(base);
    for (let index = 0; index < PATTERNS.length * COMPENSATIONS.length; index++) {
      const consistency = { kind: CONSISTENCY_KINDS[(index + found.length) % CONSISTENCY_KINDS.length], alpha: 1, second: SECOND_PASSES[index % SECOND_PASSES.length] };
      // Rules that begin above the first layer leave stages that both passes share.
      const fromLayer = index % 4 === 2 ? 1 : 0;
      found.push({ ...base, fromLayer, dropout: everywhere(index, fromLayer), consistency, penalised: index % 2 === 0, noisy: index % 2 === 1 });
    }
  }
  return found;
}

function plansOf(config: ModelConfig, method: Method, target: PlanTarget, number: number): Plan[] {
  const arena = sliceArena(parameterSpecs(config, method));
  const training = planTraining(config, method, BATCH, arena, target, { passes: number % 2 ? 'doubled' : 'sequential', accumulating: number % 3 === 0 });
  if (Object.keys(method.dropout).length > 0) return [training];
  const keep = config.problem === 'language_model' ? 'losses' : number % 2 ? 'attention' : 'logits';
  const cache = { samples: BATCH.samples, keys: BATCH.tokens + 5, shared: number % 2 === 0 };
  const writing = config.problem === 'language_model' ? [planFill(config, method, BATCH, target, cache), planStep(config, method, cache, target)] : [];
  return [training, planEvaluation(config, method, BATCH, target, keep), planStates(config, method, BATCH, target, 1), ...writing];
}

/** Every distinct kernel: shader, entry point and constants, with one dispatch of it. */
const kernels = new Map<string, { dispatch: Dispatch; subgroupSize: number }>();
const add = (dispatch: Dispatch, { subgroupSize }: PlanTarget) => kernels.set(JSON.stringify([dispatch.shader.name, dispatch.entry, dispatch.constants, subgroupSize]), { dispatch, subgroupSize });

function collect(): void {
  let number = 0;
  for (const architecture of ARCHITECTURES) {
    const { causal } = tinyConfig(architecture, 'classification');
    for (const problem of causal ? (['classification', 'language_model'] as const) : (['classification', 'regression'] as const)) {
      const config = tinyConfig(architecture, problem);
      for (const [index, method] of methods(causal).entries()) {
        const plain = Object.keys(method.dropout).length === 0;
        // Every mask and second pass on one encoder and one decoder, a few on the others.
        if (!plain && !['bert', 'llama'].includes(architecture.name) && index % 7 !== 0) continue;
        // These have no bias at all.
        if (method.peft === 'bitfit' && problem === 'language_model' && ['llama', 'qwen3'].includes(architecture.name)) continue;
        const named = { ...method, targets: architecture.name === 'gpt2' ? (['qkv', 'o'] as const) : method.targets };
        // All targets for one method, one for each of the others: what a target changes does not depend on the method.
        const targets = index === 0 ? TARGETS : [TARGETS[number++ % TARGETS.length]];
        for (const target of targets) for (const plan of plansOf(config, named, target, number)) for (const dispatch of plan.dispatches) add(dispatch, target);
      }
    }
  }
  // Products in every tile that autotune tries, and in the forms that the benchmark holds against each other.
  const [bert] = ARCHITECTURES;
  const [lora] = methods(false);
  for (const tile of CANDIDATES) {
    const target: PlanTarget = { profile: 'gpu', subgroupSize: 32, tileFor: () => tile };
    for (const plan of plansOf(tinyConfig(bert, 'classification'), lora, target, 0)) {
      for (const { dispatch } of distinct(plan)) {
        add(dispatch, target);
        if (dispatch.shader.name === 'matmul') for (const form of ['naive', 'registers', 'tiles'] as const) add(productForm(dispatch, form), target);
      }
    }
  }
}

collect();
const modules = new Map([...kernels.values()].map(({ dispatch: { shader, constants }, subgroupSize }) => [moduleText(shader, constants, subgroupSize), shader.name]));

describe('every module', () => {
  it('of every shader and entry point there is', () => {
    const folder = `${import.meta.dirname}/../../shaders`;
    const entries = readdirSync(folder).filter((file) => file.endsWith('.wgsl'))
      .flatMap((file) => [...readFileSync(`${folder}/${file}`, 'utf8').matchAll(/@compute[^{]*?\bfn (\w+)/g)].map(([, entry]) => `${file.slice(0, -5)} ${entry}`));
    const reached = new Set([...kernels.values()].map(({ dispatch: { shader, entry } }) => `${shader.name} ${entry}`));
    expect(entries.length).toBeGreaterThan(40);
    expect(entries.filter((entry) => !reached.has(entry))).toEqual([]);
    expect(modules.size).toBeGreaterThan(300);
  });

  it('has no override, and numbers for the sizes of arrays and workgroups', () => {
    for (const [text, name] of modules) {
      expect(text, name).not.toMatch(/\boverride\b/);
      const sizes = [...text.matchAll(/\barray<[^;{}()]*?,\s*([^>]+)>/g), ...text.matchAll(/@workgroup_size\(([^)]*)\)/g)].map(([, size]) => size);
      expect(sizes.length, name).toBeGreaterThan(0);
      for (const size of sizes) expect(size, name).toMatch(/^\d+(, \d+)*$/);
    }
  });

  it('has workgroups that every device runs, and of one dimension where lanes of a subgroup work together', () => {
    for (const [text, name] of modules) {
      for (const [, sizes] of text.matchAll(/@workgroup_size\(([^)]*)\)/g)) {
        const extents = sizes.split(', ').map(Number);
        expect(extents.reduce((product, extent) => product * extent, 1), name).toBeLessThanOrEqual(256);
        if (/\b(subgroup|quad)[A-Z]\w*\(/.test(text)) expect(extents, name).toHaveLength(1);
      }
    }
    expect([...modules.keys()].filter((text) => text.startsWith('enable subgroups;')).length).toBeGreaterThan(20);
  });

  it('takes each of its constants from the host as a value, not as an expression', () => {
    for (const { dispatch: { shader, constants }, subgroupSize } of kernels.values()) {
      const text = moduleText(shader, constants, subgroupSize);
      for (const { name } of shader.constants) expect(new RegExp(`\\bconst ${name}: \\w+ = ([^;]+);`).exec(text)?.[1], `${shader.name} ${name}`).toMatch(/^(true|false|-?[\d.]+(e-?\d+)?[uif]?)$/);
    }
  });
});
