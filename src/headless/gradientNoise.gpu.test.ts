/** The measured theory on a tiny model: the noise is the closed form's, and shrinks with the rate. */
import { expect, it } from 'vitest';
import { tinyTrainer } from '../train/testing/tinyTrainer';
import { measureLogits, measureTrained, namesOf } from './gradientNoise';

const rules = (compensation: 'normalize_stopgrad' | 'normalize', fromLayer: number) => ({ weights: { p: 0.1, pattern: 'column' as const, compensation, fromLayer } });

it('agrees with the closed form, draw by draw', async () => {
  const make = (compensation: 'normalize_stopgrad' | 'normalize', fromLayer: number) => tinyTrainer({ samples: 4, method: { dropout: rules(compensation, fromLayer) }, keep: namesOf(2) });
  const [attention, key] = [await make('normalize_stopgrad', 2), await make('normalize', 2)];
  const how = { batch: attention.batch([0, 1, 2, 3]), seed: 5, draws: 6 };
  const pair = { attention: attention.trainer, key: key.trainer };
  const [little, much] = [await measureLogits(pair, 0.05, how), await measureLogits(pair, 0.5, how)];
  for (const { closedForm, ratio, cosine } of [little, much]) {
    expect(closedForm).toBeLessThan(1e-3);
    expect(ratio.heaviest).toBeLessThan(1);
    expect(cosine).toBeLessThan(1);
  }
  expect(much.noise).toBeGreaterThan(little.noise);
  const all = await measureTrained(pair, 0.3, how);
  expect(all.cosine).toBeLessThan(1 - 1e-4);
  for (const { trainer } of [attention, key]) trainer.destroy();
});
