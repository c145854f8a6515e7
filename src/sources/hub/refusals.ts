/** What the Hub says when it says no, in sentences. The order of the questions is huggingface_hub's, since one status has several meanings. */
import { SourceError } from '../sourceError';

const DISABLED = 'Access to this resource is disabled.';

/** The text of an error: JSON's `error` or `message`, else the beginning of what came, pages left out. */
async function wordsOf(response: Response): Promise<string> {
  const text = await response.text().catch(() => '');
  try {
    const { error, message } = JSON.parse(text) as { error?: unknown; message?: unknown };
    const words = error ?? message;
    if (typeof words === 'string') return words.slice(0, 300);
  } catch {
    // not JSON
  }
  return /^\s*</.test(text) ? '' : text.trim().slice(0, 300);
}

export interface Asked {
  /** `org/name` */
  id: string;
  revision: string;
  /** Address of the repository's page, for people. */
  page: string;
  /** Whether a token went with the question. */
  token: boolean;
}

/** The fault that an answer of the Hub means. */
export async function hubRefusal(response: Response, asked: Asked, file: string): Promise<SourceError> {
  const { id, revision, page, token } = asked;
  const code = response.headers.get('x-error-code');
  const words = response.headers.get('x-error-message') ?? await wordsOf(response);
  const said = words ? ` (${words.replace(/[.\s]+$/, '')})` : '';
  if (code === 'RevisionNotFound') return new SourceError('no_revision', id, `has no revision ${revision}; choose a branch, tag or commit of ${page}/tree/main`);
  if (code === 'EntryNotFound') return new SourceError('no_file', file, `is not in ${id} at ${revision}; look at ${page}/tree/${encodeURIComponent(revision)}`);
  if (code === 'GatedRepo') {
    const next = token && response.status === 403 ? `accept its terms at ${page} with the account of the token${/await|review|pending/i.test(words) ? '; its authors have yet to answer a request' : ''}` : `accept its terms at ${page}, then give a read token of that account`;
    return new SourceError('gated', id, `is gated${said}; ${next}`);
  }
  if (words === DISABLED) return new SourceError('forbidden', id, 'was disabled by the Hub; choose another one');
  if (code === 'RepoNotFound' || response.status === 401) {
    const next = token ? 'check the name, and that the token is right and may read it' : 'check the name, or give a token that may read it';
    return new SourceError('not_found', id, `does not exist on the Hub, or is private${said}; ${next}`);
  }
  switch (response.status) {
    case 404: return new SourceError('not_found', file, `is not at ${response.url || page}${said}; check the name`);
    case 400: return new SourceError('not_found', id, `the Hub did not understand the question${said}; check name and revision`);
    case 403: return new SourceError('forbidden', id, `the Hub refuses to hand it out${said}; ${token ? 'check what the token may read' : 'give a token that may read it'}`);
    case 429: return new SourceError('busy', id, 'the Hub has had too many requests from this address; wait five minutes and load it again');
    default: return new SourceError('offline', file, `the Hub has trouble (status ${response.status}${said}); load it again later`);
  }
}
