/** The engine's worker in other circumstances: it has a `navigator` of its own, which no script of the page reaches. */
import type { Page } from 'playwright/test';

export const WORKER_FILE = '**/assets/engine.worker-*.js';

/** At most ten steps a second, so that what is done by hand falls inside a short run on any machine. */
export const LEISURELY = `{
  const done = GPUQueue.prototype.onSubmittedWorkDone;
  GPUQueue.prototype.onSubmittedWorkDone = async function () {
    await done.call(this);
    await new Promise((resolve) => setTimeout(resolve, 300));
  };
}`;

/** Runs `code` in every new worker before the engine. */
export async function beforeEngine(page: Page, code: string): Promise<void> {
  await page.route(WORKER_FILE, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${code};\n${await response.text()}` });
  });
}

/** Serves a script that is no engine at all. */
export async function insteadOfEngine(page: Page, code: string): Promise<void> {
  await page.route(WORKER_FILE, (route) => route.fulfill({ contentType: 'text/javascript', body: code }));
}
