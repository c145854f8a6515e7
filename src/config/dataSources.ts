/** What people type for data that lies elsewhere: a dataset of the Hub, or the address of a file. */
import { HUB, idProblem, readReference, type SourceReference, understand } from './sources';

export interface NamedDataset {
  reference: Extract<SourceReference, { kind: 'hub' | 'address' }>;
  /** Of a dataset on the Hub, where an address of its viewer names them. */
  configuration?: string;
  split?: string;
  /** The one file that was named. */
  file?: string;
}

/** A file that can be a table, by its name. */
export const isTablePath = (path: string): boolean => /\.(tsv|csv|txt|jsonl|ndjson|json|parquet)(\.gz)?$/i.test(path);

const ON_THE_HUB = /^(?:(?:https?:\/\/)?(?:www\.)?(?:huggingface\.co|hf\.co)\/|hf:\/\/)?datasets\//;

/**
 * @param text `org/name`, `org/name@revision`, `hub:org/name@COMMIT`, an address of a dataset's page, its viewer or a file of it, or the address of a
 *   file anywhere
 */
export function understandData(text: string): NamedDataset | { problem: string } {
  const given = text.trim().replace(/^["'<]+|["'>]+$/g, '');
  // Names in addresses are written in percent signs and figures, and may be written wrongly.
  const wrong = /%(?![0-9a-f]{2}).{0,2}/i.exec(given)?.[0] ?? undecodable(given);
  if (wrong !== undefined) return { problem: `"${given}" holds ${wrong}, which stands for no letter; a percent sign itself is written %25 in an address.` };
  if (given === '') return { problem: 'Type the name of a dataset on the Hugging Face Hub, such as org/name, or the address of a file.' };
  const rest = ON_THE_HUB.test(given) ? given.replace(ON_THE_HUB, '') : undefined;
  if (rest === undefined && /^https?:\/\//i.test(given) && !given.startsWith(`${HUB}/`)) return fileAddress(given);
  if (rest === undefined && given.startsWith(`${HUB}/`)) return { problem: `"${given}" is no address of a dataset; those have /datasets/ in them.` };
  const [, viewed, configuration, split] = /^(.+?)\/viewer(?:\/([^/?#]+))?(?:\/([^/?#]+))?/.exec(rest ?? '') ?? [];
  const plain = (viewed ?? rest ?? given.replace(/^(hub|hf):/, '')).replace(/[?#].*$/, '');
  const file = /\/(?:blob|resolve|raw)\/(?:refs(?:\/|%2F)convert(?:\/|%2F)[^/]+|refs(?:\/|%2F)pr(?:\/|%2F)\d+|[^/]+)\/(.+)$/.exec(plain)?.[1];
  const understood = understand(plain);
  if ('problem' in understood) return { problem: understood.problem.replace('a folder', 'a file') };
  if (understood.reference.kind !== 'hub') return { problem: `"${given}" is no dataset on the Hub; it looks like org/name.` };
  const problem = idProblem(understood.reference.id);
  if (problem) return { problem: `${problem}.` };
  return { reference: understood.reference, ...(configuration !== undefined && { configuration: decodeURIComponent(configuration) }), ...(split !== undefined && { split }), ...(file !== undefined && { file: decodeURIComponent(file) }) };
}

/** The first run of %XX that is no UTF-8. */
function undecodable(text: string): string | undefined {
  return text.match(/(%[0-9a-f]{2})+/gi)?.find((one) => {
    try {
      return decodeURIComponent(one) === undefined;
    } catch {
      return true;
    }
  });
}

/** The folder of a file and its name; a link holds no more of an address. */
function fileAddress(given: string): NamedDataset | { problem: string } {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const at = url?.pathname.lastIndexOf('/') ?? 0;
  const file = decodeURIComponent(url?.pathname.slice(at + 1) ?? '');
  const reference = url && !url.username && !url.password ? readReference(`${url.origin}${url.pathname.slice(0, at)}`) : undefined;
  if (!url || reference?.kind !== 'address') return { problem: `"${given}" is no address of a file; it begins with https:// and holds no name or password.` };
  if (file === '') return { problem: `"${given}" is the address of a folder; give that of a file in it.` };
  // What follows a question mark may be a key, and a link keeps the address.
  if (url.search !== '' && !/^\?(download|raw)=(true|1)$/.test(url.search)) return { problem: `The address goes on behind a question mark, which may be a key, and links keep addresses; give one without it, or download the file and drop it here.` };
  return { reference, file };
}
