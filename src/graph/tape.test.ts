import { describe, expect, it } from 'vitest';
import { type Op, Tape } from './tape';
import { elements, rows, width } from './tensor';

const op: Op<null> = { name: 'op', forward() {} };

describe('tape', () => {
  it('gives the same tensor for the same name, and refuses another shape', () => {
    const tape = new Tape();
    expect(tape.weight('w', [2, 3])).toBe(tape.weight('w', [2, 3]));
    expect(() => tape.weight('w', [3, 2])).toThrow('tape: w has shape [2,3], asked for as [3,2]');
    // Names of different roles do not meet.
    expect(tape.parameter('w', [3, 2])).not.toBe(tape.weight('w', [2, 3]));
  });

  it.each([[0], [1.5], [-1], [NaN]])('refuses an extent of %d', (extent) => {
    expect(() => new Tape().weight('w', [2, extent])).toThrow(/w has shape .*every extent must be a whole number above 0/);
  });

  it('marks what lies above a trained tensor', () => {
    const tape = new Tape();
    const [x, w, a] = [tape.input('x', [2], 'f32'), tape.weight('w', [2]), tape.parameter('a', [2])];
    const below = tape.record(op, 'below', { x, w }, { y: [2] }, null).y;
    const above = tape.record(op, 'above', { below, a }, { y: [2], statistics: [1] }, null);
    expect([below, above.y, above.statistics].map(({ needsGradient }) => needsGradient)).toEqual([false, true, true]);
    // Adding a trained branch to an existing tensor makes that one need its gradient.
    tape.record(op, 'into', { u: above.y }, { y: below }, null);
    expect(below.needsGradient).toBe(true);
  });

  it('records a teacher without gradients, and goes on with them', () => {
    const tape = new Tape();
    const a = tape.parameter('a', [2]);
    const record = () => tape.record(op, 'op', { a }, { y: [2] }, null).y.needsGradient;
    expect(tape.withoutGradients(record)).toBe(false);
    expect(record()).toBe(true);
    expect(() => tape.withoutGradients(() => { throw new Error('stop'); })).toThrow('stop');
    expect(record()).toBe(true);
  });

  it('keeps what was asked for, of what is offered', () => {
    const tape = new Tape(new Set(['logits']));
    const [x, y] = [tape.weight('x', [1]), tape.weight('y', [1])];
    tape.keepable('logits', x);
    tape.keepable('other', y);
    expect([...tape.kept]).toEqual([['logits', x]]);
  });

  it('counts', () => {
    const x = new Tape().weight('x', [2, 3, 5]);
    expect([elements(x.shape), rows(x), width(x)]).toEqual([30, 6, 5]);
  });
});
