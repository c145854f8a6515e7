/** A page that writes down what no test may see: errors, and requests that leave the page's own origin. */
import { type ConsoleMessage, expect, test as base } from 'playwright/test';
import { Playground } from './playground';

export interface Watch {
  /** Error messages of the console and uncaught exceptions. */
  errors: string[];
  /** Addresses of other origins that were asked for. */
  foreign: string[];
  /** Errors that a test provokes on purpose. */
  expected: RegExp[];
}

export const RECORDED_INDEX = '**/recorded/index.json';

export const test = base.extend<{ watch: Watch; playground: Playground }>({
  watch: [async ({ page, baseURL }, use) => {
    const watch: Watch = { errors: [], foreign: [], expected: [] };
    const origin = new URL(baseURL!).origin;
    page.on('console', (message: ConsoleMessage) => {
      if (message.type() === 'error') watch.errors.push(message.text());
    });
    page.on('pageerror', (error) => watch.errors.push(error.message));
    // The context sees requests of workers too.
    page.context().on('request', (request) => {
      const address = request.url();
      if (!/^(data|blob|about):/.test(address) && new URL(address).origin !== origin) watch.foreign.push(address);
    });
    await use(watch);
    // Whatever a test is about: no error that it did not ask for, a breach of the policy among them, and no word to anybody else.
    expect(watch.errors.filter((error) => !watch.expected.some((pattern) => pattern.test(error)))).toEqual([]);
    expect(watch.foreign).toEqual([]);
  }, { auto: true }],
  playground: async ({ page, context }, use) => {
    // Runs that lie beside the page would be counted among those of a test; the tests of recorded runs bring their own.
    await context.route(RECORDED_INDEX, (route) => route.fulfill({ json: [] }));
    await use(new Playground(page));
  },
});

export { expect };
