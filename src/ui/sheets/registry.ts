/** The sheets that open over the page: models, what was trained, device, a table, help. A new one is one entry here and one component beside it. */
import type { Part } from '../kit/Part';

export interface Sheet extends Part {
  title: string;
}

export const SHEETS = {
  models: { title: 'Choose a model', load: () => import('./ModelsSheet') },
  export: { title: 'Take it home', load: () => import('./ExportSheet') },
  device: { title: 'Device and limits', load: () => import('./DeviceSheet') },
  table: { title: 'A table of your own', load: () => import('./TableSheet') },
  help: { title: 'What happens here', load: () => import('./HelpSheet') },
} satisfies Record<string, Sheet>;

export type SheetName = keyof typeof SHEETS;

export const sheetOf = (name: string | undefined): Sheet | undefined => (name !== undefined && Object.hasOwn(SHEETS, name) ? SHEETS[name as SheetName] : undefined);
