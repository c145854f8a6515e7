// What the page is given in pictures: a table, and answers of the Hub.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** A table with a column too many, labels of several spellings, a text that is none, and a row that is cut. */
const TABLE = `id,review,verdict\n${['The soup was cold', 'A quiet room with a view', 'The waiter smiled at us', 'Nobody answered the bell', 'Fresh bread every morning', 'The lift was broken again', 'We would gladly return', 'Mould in the shower', 'Cheap and cheerful', 'They lost our booking'].map((text, at) => `${at},"${text}, ${at % 2 ? 'I must say' : 'as we know'}",${['Bad', 'good', 'good', 'bad'][at % 4]}\n`).join('')}10,NA,bad\n11,"Noise until three"\n12,"The garden is lovely",None\n`;
export async function table(page) {
  await page.getByLabel('File of a table').setInputFiles({ name: 'reviews.csv', mimeType: 'text/csv', buffer: Buffer.from(TABLE) });
  await page.getByText('rows can be used').waitFor();
  await page.getByText('in tokens of').or(page.getByText('In tokens')).first().waitFor();
}

/** What the Hub answers in pictures: a gated repository, and one whose weights come slowly. */
export async function answerForHub(page) {
  const files = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors'].map((name) => [name, readFileSync(join(root, 'public', 'models', 'nano-decoder', name))]);
  const headers = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'x-error-code,x-error-message' };
  await page.route('https://huggingface.co/**', async (route) => {
    const { pathname } = new URL(route.request().url());
    const { range } = route.request().headers();
    const file = files.find(([name]) => pathname.endsWith(`/${name}`));
    if (pathname.includes('meta-llama')) return route.fulfill({ status: 401, headers: { ...headers, 'x-error-code': 'GatedRepo', 'x-error-message': 'Access to model meta-llama/Llama-2-7b-hf is restricted. You must be authenticated to access it.' }, body: '' });
    if (!file) return route.fulfill({ headers, json: { id: 'example/small-llama', sha: 'c0ffee0123456789abcdef0123456789abcdef01', cardData: { license: 'mit' }, siblings: files.map(([rfilename, bytes]) => ({ rfilename, size: bytes.length })) } });
    if (file[0].endsWith('.safetensors') && !range) return undefined;
    const [, begin, end] = /bytes=(\d+)-(\d*)/.exec(range ?? 'bytes=0-');
    const part = file[1].subarray(Number(begin), end ? Number(end) + 1 : undefined);
    return route.fulfill({ status: range ? 206 : 200, headers: { ...headers, ...(range && { 'content-range': `bytes ${begin}-${Number(begin) + part.length - 1}/${file[1].length}` }) }, body: part });
  });
}
