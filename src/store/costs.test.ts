import { describe, expect, it } from 'vitest';
import { BUILT_IN_NAMES } from '../config/models';
import { kindOf } from '../config/config';
import { TASK_NAMES } from '../config/tasks';
import { choiceKey, costOf, secondsOf, taskChoice } from './costs';
import { FAKE_DEVICE, FAKE_PLAN, FakeEngine } from './fakeEngine';
import { createPlayground } from './playground';

function open() {
  const engine = new FakeEngine();
  const page = createPlayground(engine);
  engine.say({ type: 'ready', device: FAKE_DEVICE });
  engine.say({ type: 'planned', config: page.store.getState().draft, summary: FAKE_PLAN });
  return { engine, page, asked: () => engine.posted.filter((command) => command.type === 'estimate').map(({ config }) => config) };
}

describe('what choices cost', () => {
  it('asks about one choice after the other, each with the model that it takes', () => {
    const { engine, page, asked } = open();
    page.costs.weigh('tasks');
    expect(asked()).toHaveLength(1);
    for (let answered = 0; answered < TASK_NAMES.length - 1; answered++) {
      const { model, data } = asked()[answered];
      engine.say({ type: 'estimated', source: model.source, data: data.source, summary: { ...FAKE_PLAN, work: { multiplyAdds: answered, dispatches: 0 } } });
    }
    expect(asked().map(({ data }) => data.source)).toEqual(TASK_NAMES.slice(1));
    expect(asked().map((config) => kindOf(config.data) === 'language_model' && config.model.source === 'nano-encoder')).not.toContain(true);
    const state = page.store.getState();
    expect(costOf(state, taskChoice(state, TASK_NAMES[3]))?.work.multiplyAdds).toBe(2);
    expect(costOf(state, state.draft)).toBe(FAKE_PLAN);
    // The picker's estimates are of the rows on the cards.
    expect(state.estimates).toEqual({});
  });

  it('asks nothing while a run goes on, and no more once one begins', () => {
    const { engine, page, asked } = open();
    page.costs.weigh('models');
    page.transport.start();
    const [{ model, data }] = asked();
    engine.say({ type: 'estimated', source: model.source, data: data.source, summary: FAKE_PLAN });
    page.costs.weigh('tasks');
    expect(asked()).toHaveLength(1);
    expect(BUILT_IN_NAMES.length).toBeGreaterThan(2);
  });

  it('is told in seconds once the adapter was measured', () => {
    const { engine, page } = open();
    engine.say({ type: 'gauged', gauge: { multiplyAdd: 1e-9, dispatch: 1e-4 } });
    const { gauge, slowness } = page.store.getState();
    expect(secondsOf(FAKE_PLAN.work, gauge, slowness)).toBeCloseTo(6);
    expect(secondsOf(FAKE_PLAN.work, gauge, 1.5)).toBeCloseTo(9);
    expect(secondsOf(FAKE_PLAN.work, undefined, undefined)).toBeUndefined();
    expect(choiceKey(page.store.getState().draft)).toBe('nano-encoder sentiment');
  });
});
