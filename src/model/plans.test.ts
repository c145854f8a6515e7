/** What a configuration's plan contains, and above all what it does not. */
import { describe, expect, it } from 'vitest';
import { ENCODER_TARGETS, type EncoderTarget, isLora, PEFT_KINDS, type Target } from '../config/peft';
import { type Consistency, PATTERNS, POSITIONS, SECOND_PASSES } from '../config/dropout';
import type { Plan } from '../graph/compile';
import type { ModelConfig } from './modelConfig';
import type { Method } from './method';
import { parameterSpecs } from './parameters';
import { planEvaluation, planTraining } from './plans';
import { sliceArena } from './state';

const CONFIG: ModelConfig = {
  architecture: 'bert', vocabulary: 37, hidden: 16, layers: 3, heads: 2, keyValueHeads: 2, headSize: 8, inner: 24, positions: 16, types: 2, padId: 0, normEpsilon: 1e-12,
  ropeTheta: 0, causal: false, tied: true, labels: 3, problem: 'classification',
};
const NONE: Consistency = { kind: 'none', alpha: 0, second: 'dropped_stopgrad' };
const PLAIN: Method = { peft: 'lora', rank: 3, alpha: 6, targets: ['q', 'v'], dropout: {}, consistency: NONE };
const BATCH = { samples: 4, tokens: 7 };
const SOFTWARE = { profile: 'software', subgroupSize: 0 } as const;

function train(method: Partial<Method> = {}, options: Parameters<typeof planTraining>[5] = {}, config = CONFIG): Plan {
  const whole = { ...PLAIN, ...method };
  return planTraining(config, whole, BATCH, sliceArena(parameterSpecs(config, whole)), SOFTWARE, options);
}

const labels = (plan: Plan) => plan.dispatches.map(({ label }) => label);
const everywhere = (): Method['dropout'] => Object.fromEntries(POSITIONS.map((position) => [position, { p: 0.1, pattern: 'element' as const }]));

describe('an evaluate plan', () => {
  const plan = planEvaluation(CONFIG, PLAIN, BATCH, SOFTWARE);

  it('has no dropout code', () => {
    expect(plan.dispatches.map(({ shader }) => shader.name)).not.toContain('dropout');
    const attention = plan.dispatches.filter(({ shader }) => shader.name === 'attention_weights');
    expect(attention.length).toBe(CONFIG.layers);
    for (const { constants } of attention) expect([constants.LOGITS, constants.WEIGHTS]).toEqual([0, 0]);
  });

  it('computes no gradient, moves nothing, and reads no spans', () => {
    expect(plan.parameterGradients.size).toBe(0);
    for (const { shader, entry } of plan.dispatches) {
      expect(['adamw', 'gradient_norm', 'cross_entropy', 'step_metrics', 'consistency']).not.toContain(shader.name);
      expect(['backward', 'parameters', 'accumulate', 'assign']).not.toContain(entry);
    }
    expect(plan.inputs.map(({ label }) => label).sort()).toEqual(['ids', 'lengths']);
  });

  it('keeps the logits, and those of the attention where they are asked for', () => {
    expect([...plan.kept.keys()]).toEqual(['logits']);
    expect([...planEvaluation(CONFIG, PLAIN, BATCH, SOFTWARE, 'attention').kept.keys()].sort()).toEqual(['logits', 'logits 0', 'logits 1', 'logits 2']);
  });
});

describe('a training plan', () => {
  it('without rules has no dropout code either', () => {
    const plan = train();
    expect(plan.dispatches.map(({ shader }) => shader.name)).not.toContain('dropout');
    for (const { shader, entry, constants } of plan.dispatches) if (shader.name === 'attention_weights' && entry === 'forward') expect([constants.LOGITS, constants.WEIGHTS]).toEqual([0, 0]);
  });

  it('differentiates what is trained, all of it and nothing else', () => {
    for (const targets of [['q'], ['v', 'down'], [...ENCODER_TARGETS]] as EncoderTarget[][]) {
      const plan = train({ targets });
      const names = parameterSpecs(CONFIG, { ...PLAIN, targets }).map(({ name }) => name).sort();
      expect([...plan.parameterGradients.keys()].map(({ label }) => label).sort()).toEqual(names);
      // No gradient of a frozen tensor is written anywhere.
      const written = new Set(plan.dispatches.flatMap(({ bindings }) => Object.values(bindings).filter(({ role }) => role === 'gradient').map(({ label }) => label)));
      expect([...written].sort()).toEqual(names);
      const weightGradients = labels(plan).filter((label) => /dW$|dbias$|parameters$/.test(label));
      for (const label of weightGradients) expect(label).toMatch(/lora [AB] dW$|^classifier d(W|bias)$/);
    }
  });

  it('computes nothing below the lowest trained tensor', () => {
    const backward = (targets: EncoderTarget[]) => {
      const all = labels(train({ targets }));
      return all.slice(all.indexOf('loss dz'));
    };
    // Layer 0 has its lowest trained tensor at `down`: its gradients end there.
    const atDown = backward(['down']).filter((label) => label.startsWith('layer 0') || label.includes('layer.0.') || label.includes('embeddings'));
    expect(atDown.sort()).toEqual(['bert.encoder.layer.0.output.LayerNorm dx', 'layer 0 down lora A dW', 'layer 0 down lora B dW', 'layer 0 down lora B dx']);
    // At `o`, the attention of layer 0 is not differentiated, that of layer 1 is.
    const atOutput = backward(['o']);
    expect(atOutput.filter((label) => /^layer 0 (q|k|v|logits|weights|mix)/.test(label))).toEqual([]);
    expect(atOutput.filter((label) => /^layer 1 (q|k|v|logits|weights|mix)/.test(label)).length).toBeGreaterThan(5);
    // At `v`, nothing flows into the queries and keys of layer 0.
    expect(backward(['v']).filter((label) => /^layer 0 (q|k|logits|weights) /.test(label))).toEqual([]);
    for (const target of ENCODER_TARGETS) expect(backward([target]).filter((label) => label.includes('embeddings'))).toEqual([]);
  });

  it('writes every gradient once before it adds to it', () => {
    const plan = train({ targets: [...ENCODER_TARGETS], dropout: everywhere(), consistency: { kind: 'kl', alpha: 1, second: 'dropped_grad' } }, { passes: 'sequential' });
    const written = new Set<string>();
    let added = 0;
    for (const { entry, constants, params, bindings } of plan.dispatches) {
      for (const tensor of Object.values(bindings)) {
        if (tensor.role !== 'gradient') continue;
        const adds = constants.ACCUMULATE === 1 || params.accumulate === 1 || entry === 'accumulate';
        if (adds) added++;
        expect(written.has(tensor.label), tensor.label).toBe(adds);
        written.add(tensor.label);
      }
    }
    // The second pass of two that are both differentiated adds to each.
    expect(added).toBe(parameterSpecs(CONFIG, { ...PLAIN, targets: ENCODER_TARGETS }).length);
  });

  it.each(POSITIONS)('starts a rule at its first layer: %s', (position) => {
    const fromLayer = position === 'embedding' || position === 'output' ? 0 : 2;
    const plan = train({ dropout: { [position]: { p: 0.3, pattern: 'element', fromLayer } } });
    const forward = plan.dispatches.slice(0, labels(plan).indexOf('loss'));
    if (position === 'logits' || position === 'weights') {
      const constant = position === 'logits' ? 'LOGITS' : 'WEIGHTS';
      expect(forward.filter(({ shader }) => shader.name === 'attention_weights').map(({ constants }) => constants[constant])).toEqual([0, 0, 1]);
    } else {
      const sites = forward.filter(({ shader }) => shader.name === 'dropout').map(({ params }) => params.site & 0xffff);
      expect(sites).toEqual(Array(position === 'lora_input' || position === 'lora_rank' ? PLAIN.targets.length : 1).fill(fromLayer));
    }
  });

  it('gives no two masks one site', () => {
    for (const architecture of ['bert', 'roberta'] as const) {
      const plan = train({ targets: [...ENCODER_TARGETS], dropout: everywhere() }, {}, { ...CONFIG, architecture });
      const forward = plan.dispatches.slice(0, labels(plan).indexOf('loss'));
      const sites = forward.flatMap(({ shader, params }) => (shader.name === 'dropout' ? [params.site] : shader.name === 'attention_weights' ? [params.logits_site, params.weights_site] : []));
      // Three layers: logits, weights, hidden, inner, and input and rank of six targets; once: embedding and output.
      expect(sites.length).toBe(3 * (4 + 12) + 2);
      expect(new Set(sites).size).toBe(sites.length);
    }
  });

  it.each(PATTERNS)('draws the mask again in the backward pass as it was: %s', (pattern) => {
    const rules = Object.fromEntries(POSITIONS.filter((position) => position !== 'logits' && position !== 'weights' && position !== 'output').map((position) => [position, { p: 0.2, pattern }]));
    const plan = train({ targets: [...ENCODER_TARGETS], dropout: rules });
    const drawn = plan.dispatches.filter(({ shader }) => shader.name === 'dropout');
    const split = labels(plan).indexOf('loss');
    const before = new Map(plan.dispatches.slice(0, split).filter(({ shader }) => shader.name === 'dropout').map((dispatch) => [dispatch.params.site, dispatch]));
    const after = drawn.filter((dispatch) => plan.dispatches.indexOf(dispatch) > split);
    expect(after.length).toBeGreaterThan(10);
    for (const { params, constants } of after) {
      expect(params).toEqual(before.get(params.site)!.params);
      expect(constants.PATTERN).toBe(before.get(params.site)!.constants.PATTERN);
    }
  });

  it.each(['lora', 'dora', 'loraplus', 'full', 'prompt'] as const)('has an L1 penalty where it is asked for, before the norm, and on A and B alone: %s', (peft) => {
    const method = { peft, virtualTokens: 2 };
    expect(labels(train(method))).not.toContain('L1 penalty');
    const plan = train({ ...method, penalised: true });
    const { slices } = sliceArena(parameterSpecs(CONFIG, { ...PLAIN, ...method }));
    const pairs = [...slices.values()].filter(({ spec }) => /lora_[AB]/.test(spec.name));
    expect(labels(plan).filter((label) => label === 'L1 penalty').length).toBe(pairs.length > 0 ? 1 : 0);
    if (pairs.length === 0) return;
    const finish = labels(plan).slice(plan.finish.from, plan.finish.to);
    expect(finish).toEqual(['L1 penalty', 'gradient norm partials', 'gradient norm', 'adamw']);
    const covered = plan.dispatches[plan.finish.from].params.elements * 4;
    for (const { spec, offset, bytes } of slices.values()) expect(offset + bytes <= covered, spec.name).toBe(pairs.some((pair) => pair.spec === spec));
  });

  it.each(['lora', 'full', 'prompt'] as const)('has noise on the token embeddings where it is asked for: %s', (peft) => {
    expect(labels(train({ peft, virtualTokens: 2 }))).not.toContain('embedding noise');
    for (const passes of ['doubled', 'sequential'] as const) {
      for (const second of SECOND_PASSES) {
        const plan = train({ peft, virtualTokens: 2, noisy: true, consistency: { kind: 'kl', alpha: 1, second } }, { passes });
        const noise = plan.dispatches.filter(({ shader }) => shader.name === 'embedding_noise');
        const expected = passes === 'doubled' ? ['embedding noise'] : second === 'clean_stopgrad' ? ['embedding noise'] : ['second pass embedding noise', 'embedding noise'];
        expect(noise.map(({ label }) => label)).toEqual(expected);
        if (passes === 'doubled') expect([noise[0].grid[2], noise[0].params.clean_branch]).toEqual([2, second === 'clean_stopgrad' ? 1 : 255]);
        else expect(noise.map(({ params }) => params.branch)).toEqual(expected.length === 2 ? [1, 0] : [0]);
        // Real tokens alone: the vectors of a prompt come in front afterwards.
        for (const { params } of noise) expect(params.tokens).toBe(BATCH.tokens);
      }
    }
  });

  it('finishes once a step, and reports in every micro-batch', () => {
    for (const accumulating of [false, true]) {
      const plan = train({}, { accumulating });
      expect(labels(plan).slice(plan.finish.from)).toEqual(['gradient norm partials', 'gradient norm', 'adamw', 'step metrics']);
      expect(plan.accumulating).toBe(accumulating);
      expect(plan.bytes).toBe(train().bytes);
    }
  });

  it('refuses a batch that no grid holds', () => {
    const method = { ...PLAIN };
    const wide = { samples: 40_000, tokens: 1 };
    expect(() => planTraining(CONFIG, method, wide, { bytes: 256, penalisedBytes: 0 }, SOFTWARE)).toThrow(/grid of \d+×\d+×80000 workgroups, 65535 is the limit.*lower the batch size/);
  });
});

describe('passes of a consistency loss', () => {
  const consistency = (second: Consistency['second']): Consistency => ({ kind: 'kl', alpha: 0.5, second });
  const rows = (plan: Plan, label: string) => plan.dispatches.find((dispatch) => dispatch.label === label)!.params.rows;

  it.each(SECOND_PASSES)('doubled, %s: the backward pass covers what is differentiated', (second) => {
    const plan = train({ dropout: { hidden: { p: 0.1, pattern: 'element' } }, consistency: consistency(second) });
    const both = second === 'dropped_grad';
    expect(rows(plan, 'layer 1 q')).toBe(2 * BATCH.samples * BATCH.tokens);
    expect(rows(plan, 'layer 1 q dx')).toBe((both ? 2 : 1) * BATCH.samples * BATCH.tokens);
    expect(labels(plan).filter((label) => /^consistency dz/.test(label))).toEqual(both ? ['consistency dz1', 'consistency dz2'] : ['consistency dz1']);
    const drops = plan.dispatches.filter(({ shader }) => shader.name === 'dropout');
    for (const { params } of drops) expect(params.clean_branch).toBe(second === 'clean_stopgrad' ? 1 : 255);
  });

  it.each(SECOND_PASSES)('sequential, %s: the second pass runs first, by itself', (second) => {
    const plan = train({ dropout: { hidden: { p: 0.1, pattern: 'element' } }, consistency: consistency(second) }, { passes: 'sequential' });
    const all = labels(plan);
    expect(all.indexOf('second pass layer 0 q')).toBeLessThan(all.indexOf('layer 0 q'));
    expect(rows(plan, 'layer 1 q')).toBe(BATCH.samples * BATCH.tokens);
    const secondPass = plan.dispatches.filter(({ label }) => label.startsWith('second pass'));
    expect(secondPass.some(({ label }) => / d(W|x)$/.test(label))).toBe(second === 'dropped_grad');
    const drops = secondPass.filter(({ shader }) => shader.name === 'dropout');
    expect(drops.length > 0).toBe(second !== 'clean_stopgrad');
    for (const { params } of drops) expect(params.branch).toBe(1);
  });

  it('takes less memory in sequence', () => {
    const method = { consistency: consistency('dropped_stopgrad'), dropout: { hidden: { p: 0.1, pattern: 'element' as const } } };
    expect(train(method, { passes: 'sequential' }).bytes).toBeLessThan(train(method, { passes: 'doubled' }).bytes);
  });

  it('gives js_paper a clean second pass, whatever is asked for', () => {
    const plan = train({ dropout: { hidden: { p: 0.1, pattern: 'element' } }, consistency: { kind: 'js_paper', alpha: 1, second: 'dropped_grad' } });
    for (const { shader, params } of plan.dispatches) if (shader.name === 'dropout') expect(params.clean_branch).toBe(1);
    expect(labels(plan)).not.toContain('consistency dz2');
  });
});

/** Sizes that every architecture accepts; the decoders are causal, the Llama family shares key/value heads and rotates. */
const ARCHITECTURES: Record<string, Partial<ModelConfig>> = {
  bert: {}, roberta: { types: 1, padId: 1 }, distilbert: { types: 0 }, gpt2: { causal: true, types: 0 },
  llama: { causal: true, types: 0, keyValueHeads: 1, ropeTheta: 10_000 }, qwen2: { causal: true, types: 0, keyValueHeads: 1, ropeTheta: 10_000 }, qwen3: { causal: true, types: 0, keyValueHeads: 1, ropeTheta: 10_000 },
};

describe.each(Object.keys(ARCHITECTURES))('every method on %s', (architecture) => {
  const causal = ARCHITECTURES[architecture].causal ?? false;

  it.each(PEFT_KINDS)('%s: trains what it names, all of it and nothing else', (peft) => {
    for (const problem of causal ? (['language_model', 'classification'] as const) : (['classification'] as const)) {
      const config = { ...CONFIG, ...ARCHITECTURES[architecture], architecture, problem };
      const targets: Target[] = architecture === 'gpt2' ? ['qkv', 'o'] : ['q', 'v'];
      const method: Method = { ...PLAIN, peft, targets, virtualTokens: 2, bottleneck: 4 };
      // The language models of these two have no bias at all.
      if (peft === 'bitfit' && problem === 'language_model' && ['llama', 'qwen3'].includes(architecture)) {
        expect(() => train(method, {}, config)).toThrow(`bitfit: a language model of ${architecture} has no bias to train; choose another method`);
        continue;
      }
      const plan = train(method, {}, config);
      const names = parameterSpecs(config, method).map(({ name }) => name).sort();
      expect([...plan.parameterGradients.keys()].map(({ label }) => label).sort()).toEqual(names);
      if (isLora(peft)) expect(names.filter((name) => name.includes('lora_A')).length).toBe(targets.length * config.layers);
    }
  });
});

it('is refused where rules fall on more places than a step has rates for', () => {
  expect(() => train({ dropout: everywhere() }, {}, { ...CONFIG, layers: 43 })).toThrow('plan: rules at 260 places of 43 layers, 256 are the most; drop at fewer positions');
});

it('is refused where tokens and virtual tokens together need more positions than the model has', () => {
  for (const peft of ['prompt', 'prefix'] as const) expect(() => train({ peft, virtualTokens: 10 })).toThrow('need more positions than the model has (16); shorten the texts to');
});

it('fits the grids of every adapter where keys are virtual and there are no subgroups', () => {
  const method: Method = { ...PLAIN, peft: 'prompt', virtualTokens: 64 };
  const config = { ...CONFIG, positions: 128 };
  const batch = { samples: 256, tokens: 64 };
  const target = { profile: 'gpu', subgroupSize: 0 } as const;
  // What is kept for looking at is computed by the simple kernels: 256·2·128 rows of attention, one a workgroup.
  const { dispatches } = planEvaluation(config, method, batch, target, 'attention');
  expect(dispatches.filter(({ shader: { name }, grid }) => name === 'attention_weights' && grid[0] * grid[1] === 65_536).length).toBeGreaterThan(0);
  expect(() => planTraining(config, method, batch, sliceArena(parameterSpecs(config, method)), target)).not.toThrow();
});

describe('placement of a whole plan', () => {
  it('never gives two tensors that are alive together one buffer', () => {
    for (const passes of ['doubled', 'sequential'] as const) {
      const plan = train({ targets: [...ENCODER_TARGETS], dropout: everywhere(), consistency: { kind: 'jsd', alpha: 1, second: 'dropped_grad' } }, { passes, keep: ['logits', 'logits.branch1'] });
      const life = new Map<number, [number, number]>();
      const bufferOf = new Map<number, number>();
      const kept = new Set(plan.kept.values());
      plan.dispatches.forEach(({ bindings }, index) => {
        for (const tensor of Object.values(bindings)) {
          if (tensor.role !== 'activation') continue;
          const [first] = life.get(tensor.id) ?? [index];
          life.set(tensor.id, [first, kept.has(tensor) ? Infinity : index]);
          bufferOf.set(tensor.id, plan.placement.bufferOf.get(tensor)!);
        }
      });
      const lives = [...life];
      for (const [one, [start, end]] of lives) {
        for (const [other, [otherStart, otherEnd]] of lives) {
          if (one < other && bufferOf.get(one) === bufferOf.get(other)) expect(end < otherStart || otherEnd < start).toBe(true);
        }
      }
      expect(plan.bytes).toBe(plan.placement.buffers.reduce((sum, { bytes }) => sum + bytes, 0));
    }
  });
});
