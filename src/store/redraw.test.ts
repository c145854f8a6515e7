import { expect, it } from 'vitest';
import { createRedrawQueue } from './redraw';

it('lets one chart draw a frame, in turn, however often data arrive', () => {
  const frames: (() => void)[] = [];
  const queue = createRedrawQueue((callback) => frames.push(callback));
  const drawn: string[] = [];
  for (const name of ['loss', 'gap', 'metric']) queue.join(() => drawn.push(name));
  const frame = () => frames.shift()?.();
  queue.request();
  queue.request();
  expect(frames).toHaveLength(1);
  frame();
  expect(drawn).toEqual(['loss']);
  // New data must not push the charts that are still waiting back behind the one that has just drawn.
  queue.request();
  frame();
  frame();
  frame();
  expect(drawn).toEqual(['loss', 'gap', 'metric', 'loss']);
  expect(frames).toHaveLength(0);
});

it('forgets a chart that has left', () => {
  const frames: (() => void)[] = [];
  const queue = createRedrawQueue((callback) => frames.push(callback));
  let drawn = 0;
  const leave = queue.join(() => (drawn += 1));
  queue.request();
  leave();
  frames.shift()?.();
  expect(drawn).toBe(0);
});
