import type { FetchLike } from '../platform.js';
import type { Sender } from './upload-ports.js';

/** Wherever there is `fetch`, which tells of no progress before the end. */
export function fetchSender(fetch: FetchLike): Sender {
  return async ({ method, url, headers, body, signal }) => {
    const init = { method, headers, body, signal };
    const response = await fetch(url, init);
    const text = await response.text();
    return { status: response.status, header: (name) => response.headers.get(name), text };
  };
}
