import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { type Schedule, scheduleFactor } from './schedule';

interface Case { schedule: Schedule; total: number; warmup: number; factors: number[] }

const { cases } = JSON.parse(readFileSync(new URL('testing/schedules.json', import.meta.url), 'utf8')) as { cases: Case[] };

describe('schedules', () => {
  it.each(cases.map((one) => [`${one.schedule}, ${one.total} steps, warm-up ${one.warmup}`, one] as const))('are those of transformers: %s', (_, { schedule, total, warmup, factors }) => {
    expect(factors.length).toBeGreaterThan(total);
    factors.forEach((factor, step) => expect(scheduleFactor(schedule, step, warmup, total), `step ${step}`).toBeCloseTo(factor, 14));
  });

  it('rise from 0, peak after the warm-up, and with linear fall to 0 at the end and stay there', () => {
    expect([0, 1, 2, 3, 4, 5, 8, 9].map((step) => scheduleFactor('linear', step, 4, 8))).toEqual([0, 0.25, 0.5, 0.75, 1, 0.75, 0, 0]);
  });
});
