/** What a GPU computes together: dispatches of a step, and what stays apart because somebody looks at it. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../config/config';
import { applyPreset, type PresetName } from '../config/presets';
import type { Plan } from '../graph/compile';
import type { ModelConfig } from '../model/modelConfig';
import { parameterSpecs } from '../model/parameters';
import { planEvaluation, planTraining } from '../model/plans';
import { sliceArena } from '../model/state';
import { methodOf } from './method';

/** The shape of the default preset's model. */
const CONFIG: ModelConfig = {
  architecture: 'roberta', vocabulary: 1329, hidden: 64, layers: 2, heads: 4, keyValueHeads: 4, headSize: 16, inner: 128, positions: 130, types: 1, padId: 1, normEpsilon: 1e-12,
  ropeTheta: 0, causal: false, tied: true, labels: 2, problem: 'classification',
};
const BATCH = { samples: 16, tokens: 24 };
const GPU = { profile: 'gpu', subgroupSize: 32 } as const;

function train(preset: PresetName, target: { profile: 'gpu' | 'software'; subgroupSize: number } = GPU, changed: Partial<ModelConfig> = {}): Plan {
  const config = { ...CONFIG, ...changed };
  const method = methodOf(applyPreset(preset, DEFAULT_CONFIG));
  return planTraining(config, method, BATCH, sliceArena(parameterSpecs(config, method)), target);
}

describe('dispatches of a step at the default preset', () => {
  it.each([['baseline', 55, 95], ['hiddenkey', 58, 100]] as const)('%s: %d on a GPU, %d on a software adapter', (preset, gpu, software) => {
    expect(train(preset).dispatches.length).toBe(gpu);
    expect(train(preset, { profile: 'software', subgroupSize: 4 }).dispatches.length).toBe(software);
  });

  it('grow by 22 a layer on a GPU, where 40 are recorded', () => {
    const [two, three] = [2, 3].map((layers) => train('baseline', GPU, { layers }).dispatches.length);
    expect(three - two).toBe(22);
  });
});

describe('on a GPU', () => {
  it('no matrix of queries × keys is kept, in no plan but the one for looking', () => {
    const method = methodOf(DEFAULT_CONFIG);
    const square = BATCH.samples * CONFIG.heads * BATCH.tokens ** 2;
    const squares = ({ dispatches }: Plan) => dispatches.flatMap(({ bindings }) => Object.values(bindings)).filter(({ shape }) => shape.length === 4 && shape.reduce((product, extent) => product * extent, 1) === square);
    expect(squares(train('hiddenkey'))).toEqual([]);
    expect(squares(planEvaluation(CONFIG, method, BATCH, GPU))).toEqual([]);
    const looking = planEvaluation(CONFIG, method, BATCH, GPU, 'attention');
    expect(squares(looking).length).toBeGreaterThan(0);
    expect([...looking.kept.keys()].sort()).toEqual(['logits', 'logits 0', 'logits 1']);
  });

  it('reads and writes no more than eight storage buffers a dispatch, which every adapter allows', () => {
    for (const preset of ['baseline', 'hiddenkey'] as const) for (const { label, bindings } of train(preset).dispatches) expect(Object.keys(bindings).length, label).toBeLessThanOrEqual(8);
  });

  it('a layer whose weight lies in several buffers is computed as recorded', () => {
    const method = methodOf(DEFAULT_CONFIG);
    const { dispatches } = planTraining(CONFIG, method, BATCH, sliceArena(parameterSpecs(CONFIG, method)), { ...GPU, largestBuffer: 128 * 64 * 4 - 1 });
    expect(dispatches.filter(({ label }) => /layer 0 up, block \d of 2/.test(label)).length).toBe(2);
    expect(dispatches.map(({ label }) => label)).toContain('layer 0 gelu');
  });
});
