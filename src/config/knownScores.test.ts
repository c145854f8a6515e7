import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chanceScore, KNOWN_SCORES } from './knownScores';
import { TASK_FACTS, TASK_NAMES } from './tasks';

type Medians = Record<string, Record<string, Record<string, number>>>;
const { medians, date, settings } = JSON.parse(readFileSync('tools/baselines/understanding.json', 'utf8')) as { medians: Medians; date: string; settings: { rows: number } };

describe('what base models are worth', () => {
  it('is what was measured', () => {
    expect([KNOWN_SCORES.date, KNOWN_SCORES.rows]).toEqual([date, settings.rows]);
    for (const [model, scores] of Object.entries(KNOWN_SCORES.models))
      for (const [task, { metric, lora, without }] of Object.entries(scores)) {
        const measured = medians[task];
        expect(metric, task).toBe(TASK_FACTS[TASK_NAMES.find((name) => name === task)!].metrics[0]);
        expect(lora, task).toBe(measured[`lora on ${model}`][metric]);
        expect(without, task).toBe(Math.max(measured.majority[metric], measured['bag of words'][metric]));
      }
  });

  it('says where a model is at chance, and nothing of what nobody measured', () => {
    expect(chanceScore('nano-encoder', 'entailment')).toMatchObject({ metric: 'accuracy' });
    expect(chanceScore('nano-encoder', 'sentiment')).toBeUndefined();
    expect(chanceScore('hub:someone/model@main', 'entailment')).toBeUndefined();
    expect(chanceScore('constructor', 'entailment')).toBeUndefined();
  });
});
