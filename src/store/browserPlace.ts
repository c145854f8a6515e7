/** The browser's own place for what outlives the page, and the moments at which it is written. */
import { openDatabase } from '../storage/database';
import { owned } from '../storage/owner';
import type { Place } from './keeping';
import type { Playground } from './playground';
import { forgetSettings, saveSettings } from './settings';
import { forgetView } from './viewSettings';

const NAME = 'lora-dropout-playground';
const QUEUE = 'lora-dropout-queue';
/** For this tab and its next load only. */
const GO_ON = 'lora-dropout-go-on';

export function browserPlace(): Place {
  return {
    database: () => openDatabase(NAME),
    owned: () => owned(NAME),
    goesOn() {
      try {
        const asked = sessionStorage.getItem(GO_ON) !== null;
        sessionStorage.removeItem(GO_ON);
        return asked;
      } catch {
        return false;
      }
    },
  };
}

export const queuePlace = () => openDatabase(QUEUE);

/** A drag across a slider is one note, not fifty. */
const SETTLE_MS = 300;

let forgotten = false;

/** Notes what stands on the cards, and writes what is to be kept when the page is left. */
export function rememberSettings({ store, keeping, keptQueue }: Playground): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const save = () => {
    const { draft, link } = store.getState();
    if (!forgotten) saveSettings(draft, link?.changes ?? [], location.hash);
  };
  store.subscribe((state, before) => {
    if (state.draft === before.draft && state.link?.changes === before.link?.changes) return;
    clearTimeout(timer);
    timer = setTimeout(save, SETTLE_MS);
  });
  addEventListener('pagehide', () => {
    save();
    void keeping?.flush();
    void keptQueue?.flush();
  });
}

/** Loads the page again; the run whose engine is gone goes on by itself when there is one. */
export async function reloadAndGoOn({ keeping }: Playground): Promise<void> {
  await keeping?.flush();
  try {
    sessionStorage.setItem(GO_ON, 'yes');
  } catch {
    // Then it is offered, and somebody has to press the button.
  }
  location.reload();
}

/** Leaves nothing of this page in this browser: runs, snapshots, settings, how it is looked at, models that were fetched; then begins anew. */
export async function forgetEverything({ keeping, keptQueue }: Playground): Promise<void> {
  forgotten = true;
  await keptQueue?.forget();
  await keeping?.forget();
  forgetSettings();
  forgetView();
  // Neither is there in every browser and on every address.
  const root = await Promise.resolve().then(() => {
    sessionStorage.removeItem(GO_ON);
    return navigator.storage.getDirectory();
  }).catch(() => undefined);
  const names = ['models', 'temporary'];
  // What another tab writes at this moment stays.
  for (const name of names) await root?.removeEntry(name, { recursive: true }).catch(() => undefined);
  history.replaceState(null, '', location.pathname + location.search);
  location.reload();
}
