/**
 * References to models and datasets: the short texts that stand for them in links and records. A reference names where the files are and,
 * where that can be said, which version of them; it never holds a token, a row or a path of somebody's disk.
 *
 *     nano-encoder                      comes with the page
 *     hub:org/name@COMMIT               the Hugging Face Hub, pinned to a commit (before it is pinned: a branch, a tag, refs/pr/1)
 *     https://host/folder               a folder with the same layout, anywhere
 *     local:NAME#FINGERPRINT            files that somebody dropped or picked; the fingerprint tells whether it is the same again
 */

export type SourceReference =
  | { kind: 'builtin'; name: string }
  | { kind: 'hub'; id: string; revision: string }
  | { kind: 'address'; url: string }
  | { kind: 'local'; name: string; fingerprint: string };

export const HUB = 'https://huggingface.co';

/** Whether a revision is a whole commit, which never changes. */
export const isCommit = (revision: string): boolean => /^[0-9a-f]{40}$/.test(revision);

/** How much of a commit or a fingerprint is shown. */
const SHOWN = 7;

const PART = /^\w(?:[\w.-]{0,94}\w)?$/;

/**
 * What is wrong with a name on the Hub, undefined when it may be one: `org/name`, or a bare `name` as the oldest models have
 * (huggingface_hub's validator: letters, digits, `-`, `_`, `.`, at most 96 a part, no `--` or `..`, not ending in `.git`).
 */
export function idProblem(id: string): string | undefined {
  const parts = id.split('/');
  if (parts.length > 2) return `"${id}" has more than one slash; a name on the Hub is org/name`;
  for (const part of parts) {
    if (!PART.test(part)) return `"${part}" is no name on the Hub; it has letters, digits, - _ and ., begins and ends with a letter or digit, and at most 96 of them`;
    if (part.includes('--') || part.includes('..')) return `"${part}" is no name on the Hub; -- and .. are not allowed`;
  }
  return /\.(git|ipynb)$/.test(id) ? `"${id}" is no name on the Hub; leave out the ending` : undefined;
}

/** The text of a reference, as links and records hold it. `readReference` reads it back. */
export function referenceText(reference: SourceReference): string {
  switch (reference.kind) {
    case 'builtin': return reference.name;
    case 'hub': return `hub:${reference.id}@${reference.revision}`;
    case 'address': return reference.url;
    case 'local': return `local:${encodeURIComponent(reference.name)}#${reference.fingerprint}`;
  }
}

/** Reads the text of a reference; undefined where it is none. Stricter than `understand`: for links and records, not for people. */
export function readReference(text: string): SourceReference | undefined {
  const hub = /^hub:([^@\s]+)@([^\s?#]+)$/.exec(text);
  if (hub) return idProblem(hub[1]) === undefined && isRevision(hub[2]) ? { kind: 'hub', id: hub[1], revision: hub[2] } : undefined;
  const local = /^local:([^#\s]+)#([0-9a-f]{8,64})$/.exec(text);
  if (local) {
    const name = decoded(local[1]);
    return name === undefined ? undefined : { kind: 'local', name, fingerprint: local[2] };
  }
  if (/^https?:\/\//.test(text)) {
    const url = folderAddress(text);
    return url === undefined ? undefined : { kind: 'address', url };
  }
  return /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(text) ? { kind: 'builtin', name: text } : undefined;
}

export type Understood = { reference: SourceReference } | { problem: string };

/**
 * What a person meant who typed or pasted `text`: a name on the Hub with or without a revision, an address of a page or file there, a
 * reference, or the address of a folder.
 * @param builtIn names that come with the page
 */
export function understand(text: string, builtIn: readonly string[] = []): Understood {
  const given = text.trim().replace(/^["'<]+|["'>]+$/g, '');
  if (given === '') return { problem: 'Type a name of the Hugging Face Hub, such as org/name, or the address of a folder.' };
  if (builtIn.includes(given)) return { reference: { kind: 'builtin', name: given } };
  const written = /^(hub|local):/.test(given) ? readReference(given) : undefined;
  if (written) return { reference: written };
  const bare = given.replace(/^(hf:\/\/|hf:|hub:)/, '').replace(/^(https?:\/\/)?(www\.)?(huggingface\.co|hf\.co)\//, '');
  if (/^[a-z]+:\/\//i.test(bare)) {
    const url = folderAddress(bare);
    return url === undefined ? { problem: `"${given}" is no address of a folder; it begins with http:// or https:// and holds no name or password.` } : { reference: { kind: 'address', url } };
  }
  return onHub(bare, given);
}

/** `org/name`, `org/name@rev`, or what follows the host in an address of the Hub. */
function onHub(bare: string, given: string): Understood {
  const plain = bare.replace(/[?#].*$/, '').replace(/\/+$/, '');
  if (/^(datasets|spaces)\//.test(plain)) return { problem: `"${given}" is a ${plain.startsWith('datasets') ? 'dataset' : 'Space'}, not a model.` };
  const page = /^((?:[^/@]+\/)?[^/@]+)\/(?:tree|blob|resolve|raw|commit)\/((?:refs(?:\/|%2F)(?:pr|convert)(?:\/|%2F)[^/]+)|[^/]+)/.exec(plain);
  const [, id, revision = 'main'] = page ?? /^([^@]+)(?:@(.+))?$/.exec(plain) ?? [];
  if (id === undefined) return { problem: `"${given}" is no name on the Hub; it looks like org/name or org/name@revision.` };
  const problem = idProblem(id);
  if (problem) return { problem: `${problem}.` };
  const meant = decoded(revision) ?? revision;
  return isRevision(meant) ? { reference: { kind: 'hub', id, revision: meant } } : { problem: `"${revision}" is no revision; give a branch, a tag, a commit or refs/pr/1.` };
}

/** What git allows in the name of a branch or tag, as far as an address can hold it. */
const isRevision = (text: string): boolean => text.length <= 255 && /^[\w][\w./+-]*$/.test(text) && !text.includes('..') && !text.endsWith('/');

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** An address without what follows the folder; undefined where it is none or holds somebody's password. */
function folderAddress(text: string): string | undefined {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return undefined;
  }
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return undefined;
  const path = url.pathname.replace(/\/(config\.json|tokenizer\.json|model\.safetensors(\.index\.json)?)$/, '').replace(/\/+$/, '');
  return `${url.origin}${path}`;
}

/** What the rows of a configuration are called: a task by its name, a table by that of its source. */
export function dataName(source: string): string {
  const reference = readReference(source);
  return reference ? shortName(reference) : source;
}

/** How a reference is called where there is little room. */
export function shortName(reference: SourceReference): string {
  switch (reference.kind) {
    case 'builtin': return reference.name;
    case 'hub': return isCommit(reference.revision) ? `${reference.id} @ ${reference.revision.slice(0, SHOWN)}` : `${reference.id} @ ${reference.revision}`;
    case 'address': return reference.url.split('/').pop() ?? reference.url;
    case 'local': return reference.name;
  }
}
