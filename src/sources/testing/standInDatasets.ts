/** What the Hub says of datasets beside their files: the map of their Parquet with its redirector, and the datasets server, which stands at the same origin here. */
import type { ServerResponse } from 'node:http';

interface Asked {
  repositories: ReadonlyMap<string, { private?: boolean; gated?: string; converted?: { files: Record<string, unknown> }; counted?: { rows: Record<string, number>; partial?: boolean; notReady?: number } }>;
  renamed: ReadonlyMap<string, string>;
  endpoint: string;
}

const say = (response: ServerResponse, status: number, value: unknown, code?: string): true => {
  if (code) response.setHeader('X-Error-Code', code);
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
  return true;
};

/** @returns whether it was a question for it */
export function serveDatasets(url: URL, { range }: { range?: string }, response: ServerResponse, { repositories, renamed, endpoint }: Asked): boolean {
  const map = /^\/api\/datasets\/(.+?)\/parquet(?:\/([^/]+)\/([^/]+)\/(\d+)\.parquet)?$/.exec(url.pathname);
  if (map) {
    const repository = repositories.get(decodeURIComponent(map[1]));
    const paths = Object.keys(repository?.converted?.files ?? {});
    if (map[4] === undefined) return say(response, 200, Object.fromEntries(paths.map((path) => [path.split('/')[0], { [path.split('/')[1]]: [`${endpoint}/api/datasets/${map[1]}/parquet/${path.split('/')[0]}/${path.split('/')[1]}/0.parquet`] }])));
    // As seen: the redirector answers a Range with 416 instead of leading on.
    if (range !== undefined) return say(response, 416, {});
    response.writeHead(302, { Location: `/datasets/${map[1]}/resolve/refs%2Fconvert%2Fparquet/${map[2]}/${map[3]}/${map[4].padStart(4, '0')}.parquet` }).end();
    return true;
  }
  if (!['/size', '/rows', '/splits'].includes(url.pathname)) return false;
  const id = url.searchParams.get('dataset');
  if (id === null) return say(response, 422, { error: 'Parameter `dataset` is required' }, 'MissingRequiredParameter');
  if (Number(url.searchParams.get('length') ?? 1) > 100) return say(response, 422, { error: 'Parameter `length` must not be greater than 100' }, 'InvalidParameter');
  if (renamed.has(id)) return say(response, 404, { error: 'The dataset has been renamed. Please use the current dataset name.' }, 'RenamedDatasetError');
  const repository = repositories.get(id);
  if (!repository || repository.private || repository.gated) return say(response, 401, { error: 'The dataset does not exist, or is not accessible without authentication.' }, 'ExternalUnauthenticatedError');
  const { counted } = repository;
  if (!counted) return say(response, 500, { error: 'The dataset viewer is not available.' }, 'UnexpectedApiError');
  if (counted.notReady) {
    counted.notReady--;
    return say(response, 500, { error: 'The server is busier than usual and the response is not ready yet. Please retry later.' }, 'ResponseNotReady');
  }
  return say(response, 200, { size: { splits: Object.entries(counted.rows).map(([name, num_rows]) => ({ dataset: id, config: name.split('/')[0], split: name.split('/')[1], num_rows })) }, pending: [], failed: [], partial: counted.partial ?? false });
}
