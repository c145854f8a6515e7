import { expect, it } from 'vitest';
import { labelsOf } from './labels';

type Kind = 'live' | 'recorded' | 'loaded';
const labels = (...runs: [name: string, kind?: Kind, renamed?: boolean][]) =>
  [...labelsOf(runs.map(([name, kind = 'live', renamed = kind !== 'live'], index) => ({ id: String(index), name, kind, renamed }))).values()];

it('leaves out what all runs share, and keeps what tells them apart', () => {
  expect(labels(['HiddenKey · p 0.1 · rows 48 · steps 80'], ['Plain LoRA · rows 48 · rate 0.01 · steps 80'])).toEqual(['HiddenKey · p 0.1', 'Plain LoRA · rate 0.01']);
  expect(labels(['Plain LoRA'], ['HiddenCut · p 0.1 · rows 48'])).toEqual(['Plain LoRA', 'HiddenCut · p 0.1 · rows 48']);
});

it('keeps the number of an equal run, and names that a person gave', () => {
  expect(labels(['Plain LoRA · rows 48'], ['Plain LoRA · rows 48 (2)'], ['Mine · rows 48', 'live', true])).toEqual(['Plain LoRA', 'Plain LoRA (2)', 'Mine · rows 48']);
});

it('does not let the recorded run speak for the others', () => {
  expect(labels(['Plain LoRA, recorded', 'recorded'], ['Plain LoRA · rows 48'], ['DropKey, column · p 0.1 · rows 48'])).toEqual(['Plain LoRA, recorded', 'Plain LoRA', 'DropKey, column · p 0.1']);
});

it('says the whole name where the short ones would be alike', () => {
  expect(labels(['Plain LoRA', 'live', true], ['Plain LoRA · rows 48'], ['HiddenKey · rows 48'])).toEqual(['Plain LoRA', 'Plain LoRA · rows 48', 'HiddenKey']);
});
