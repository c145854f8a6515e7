/** The views of the right column, in the order of the strip. A new one is one entry here and one component in a folder beside it. */
import type { ComponentType } from 'react';
import type { Part } from '../kit/Part';
import { ChartTools } from './curves/ChartTools';

export interface View extends Part {
  title: string;
  /** What one sees there, for the tooltip. */
  hint: string;
  /** What stands beside the strip while this view is shown; small, since it is loaded with the page. */
  Tools?: ComponentType;
}

export const VIEWS = {
  curves: {
    title: 'Curves', hint: 'Loss, gap and score of all runs, drawn over each other', Tools: ChartTools,
    load: () => {
      // Most of what a curve needs is the library that draws it, so it sets out at the same time.
      void import('./curves/Plot').catch(() => undefined);
      return import('./curves/CurvesView');
    },
  },
  inside: { title: 'Inside', hint: 'One held-out sentence in one attention head, and what the masks take from it', load: () => import('./inside/InsideView') },
  race: { title: 'Race', hint: 'Up to four variants trained side by side on the same batches', load: () => import('./race/RaceView') },
  text: { title: 'Text', hint: 'What the model writes, or makes of held-out rows, before training and now; and of a text of yours', load: () => import('./text/TextView') },
  compare: { title: 'Compare', hint: 'Position × pattern of dropout over several seeds, and the studies of the paper: runs in a queue, differences with intervals', load: () => import('./compare/CompareView') },
} satisfies Record<string, View>;

export type ViewName = keyof typeof VIEWS;

/** What is shown where the address names no view. */
export const FIRST_VIEW: ViewName = 'curves';

export const VIEW_NAMES = Object.keys(VIEWS) as ViewName[];

export const isView = (name: string | undefined): name is ViewName => name !== undefined && Object.hasOwn(VIEWS, name);
