/** The Hub for a page under test, which is the loopback stand-in. */
import type { BrowserContext } from 'playwright/test';
import type { HubStandIn } from '../../src/sources/testing/standIn';

/** Answers for the Hub with what the stand-in answers. */
export async function answerForHub(context: BrowserContext, hub: HubStandIn): Promise<void> {
  await context.route(/^https:\/\/(datasets-server\.)?huggingface\.co\//, async (route) => {
    const { pathname, search } = new URL(route.request().url());
    const { range, authorization } = route.request().headers();
    const response = await fetch(`${hub.endpoint}${pathname}${search}`, { headers: { ...(range && { range }), ...(authorization && { authorization }) } });
    const headers = Object.fromEntries([...response.headers].filter(([name]) => !/^(content-(encoding|length)|transfer-encoding|connection)$/.test(name)));
    await route.fulfill({ status: response.status, headers: { ...headers, 'access-control-allow-origin': '*' }, body: Buffer.from(await response.arrayBuffer()) });
  });
}
