/** A tour in six short steps. Each says one thing, and can do on the page what it says; skipping it does nothing. */
import { OFFERED_PRESET } from '../../store/transport';
import type { Playground } from '../../store/playground';
import { showView } from '../address';

export interface TourStep {
  title: string;
  text: string;
  /** What the step does where somebody asks for it. */
  act: { label: string; does(page: Playground): void };
  /** What it is about, to be marked on the page. */
  marks: string;
}

const curves = () => showView(undefined);

export const TOUR: readonly TourStep[] = [
  {
    title: 'Learning by heart', marks: '.transport',
    text: 'A small model learns a few rows. Its training loss falls to nothing, since it can learn them by heart; held-out loss turns up.',
    act: { label: 'Train without dropout', does: ({ edits, transport }) => { curves(); edits.applyPreset('baseline'); transport.start(); } },
  },
  {
    title: 'The gap', marks: '.chart-gap',
    text: 'Held-out loss minus training loss, both without dropout. It grows while rows are learned by heart; this is what dropout is to shrink.',
    act: { label: 'Show the gap', does: () => { curves(); document.querySelector('.chart-gap')?.scrollIntoView({ block: 'center' }); } },
  },
  {
    title: 'One sentence says what is dropped', marks: '.sentence-fold',
    text: 'Where, what shape, how often. DropKey hides whole keys before the softmax, so that attention has to find another way.',
    act: { label: 'Put DropKey on the cards', does: ({ edits }) => edits.applyPreset('dropkey') },
  },
  {
    title: 'What a mask takes', marks: '#view-inside .place',
    text: 'One sentence in one head: hatched is dropped. Before the softmax the others take over; after it their weight is simply gone.',
    act: { label: 'Look inside', does: () => showView('inside') },
  },
  {
    title: 'Does it help?', marks: '.chart-loss',
    text: 'The next run is drawn over the last. One seed proves nothing: several do, under the same data, rate and steps.',
    act: {
      label: 'Train with HiddenKey⁻ over it',
      does: ({ edits, transport, runList, store }) => {
        curves();
        const { current } = store.getState();
        if (current) runList.update(current, { pinned: true });
        edits.applyPreset(OFFERED_PRESET);
        transport.start();
      },
    },
  },
  {
    title: 'Side by side', marks: '#view-race .race',
    text: 'Up to four variants take their steps together on the same batches, each with its curve and its mask.',
    act: { label: 'Open the race', does: () => showView('race') },
  },
];

/** The step that an address names, from 0; undefined for none. */
export function stepOf(text: string | undefined): number | undefined {
  const number = Number(text);
  return text !== undefined && Number.isInteger(number) && number >= 1 && number <= TOUR.length ? number - 1 : undefined;
}
