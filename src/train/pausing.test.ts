import { expect, it } from 'vitest';
import { Pausing } from './pausing';

it('pauses after the steps that were allowed', () => {
  const pausing = new Pausing();
  expect(pausing.isPaused).toBe(false);
  pausing.allow(2);
  pausing.spend();
  expect(pausing.isPaused).toBe(false);
  pausing.spend();
  expect(pausing.isPaused).toBe(true);
});

it('wakes whoever waits: with steps when some are allowed, without when the run is over', async () => {
  const pausing = new Pausing();
  pausing.pause();
  const resumed = pausing.wait();
  pausing.allow(1);
  await resumed;
  expect(pausing.isPaused).toBe(false);
  pausing.pause();
  const released = pausing.wait();
  pausing.release();
  await released;
  expect(pausing.isPaused).toBe(true);
});
