/** Models that do not come with the page: how a person brings them, and a stand-in for the Hub. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright/test';
import type { HubStandIn } from '../../src/sources/testing/standIn';
import type { Playground } from './playground';

export const HUB = 'https://huggingface.co';

export type Files = Record<string, Buffer>;

/** The files of a folder, by name. */
export const filesIn = (folder: string): Files => Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));

const SPECIAL = ['<s>', '<pad>', '</s>', '<unk>'];

/** A tokenizer for models that have none: every letter a token; what is no letter is unknown. Small enough for the models of the golden cases. */
export function letters(vocabulary = Infinity): Files {
  const vocab = Object.fromEntries([...SPECIAL, ...'abcdefghijklmnopqrstuvwxyz'].slice(0, vocabulary).map((token, id) => [token, id]));
  const special = SPECIAL.slice(0, vocabulary).map((content, id) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }));
  const tokenizer = {
    version: '1.0', truncation: null, padding: null, added_tokens: special, normalizer: { type: 'Lowercase' }, pre_tokenizer: { type: 'Whitespace' },
    post_processor: { type: 'RobertaProcessing', sep: ['</s>', 2], cls: ['<s>', 0], trim_offsets: true, add_prefix_space: false }, decoder: null,
    model: { type: 'WordPiece', unk_token: special.at(-1)!.content, continuing_subword_prefix: '##', max_input_chars_per_word: 100, vocab },
  };
  return { 'tokenizer.json': Buffer.from(JSON.stringify(tokenizer)), 'tokenizer_config.json': Buffer.from(JSON.stringify({ pad_token: '<pad>', eos_token: '</s>' })) };
}

/** Drops files on the element that takes models. */
export async function drop(page: Page, files: Files): Promise<void> {
  const transfer = await page.evaluateHandle((given) => {
    const all = new DataTransfer();
    for (const [name, base64] of given) all.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name));
    return all;
  }, Object.entries(files).map(([name, bytes]) => [name, bytes.toString('base64')]));
  await page.locator('.drop-zone').dispatchEvent('drop', { dataTransfer: transfer });
}

export async function openPicker(playground: Playground): Promise<void> {
  await playground.unfold('Model');
  await playground.page.getByRole('button', { name: 'Another model…' }).click();
}

/** Answers for the Hub with what the stand-in answers. */
export async function answerForHub(context: BrowserContext, hub: HubStandIn): Promise<void> {
  await context.route(`${HUB}/**`, async (route) => {
    const { pathname, search } = new URL(route.request().url());
    const { range, authorization } = route.request().headers();
    const response = await fetch(`${hub.endpoint}${pathname}${search}`, { headers: { ...(range && { range }), ...(authorization && { authorization }) } });
    const headers = Object.fromEntries([...response.headers].filter(([name]) => !/^(content-(encoding|length)|transfer-encoding|connection)$/.test(name)));
    await route.fulfill({ status: response.status, headers: { ...headers, 'access-control-allow-origin': '*' }, body: Buffer.from(await response.arrayBuffer()) });
  });
}
