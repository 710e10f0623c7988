/** The client, in a process of its own: sends a number of requests over a number of connections and tells the time. */
import { Pool } from 'undici';
import { quantile } from './quantile.js';

export interface Load {
  url: string;
  /** One of them is sent with each request, in turn. */
  tokens: readonly string[];
  body: string;
  requests: number;
  connections: number;
}

export interface LoadResult {
  seconds: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
}

async function run({ url, tokens, body, requests, connections }: Load): Promise<LoadResult> {
  const { origin, pathname } = new URL(url);
  await using pool = new Disposable(new Pool(origin, { connections, pipelining: 1 }));
  const times: number[] = [];
  let sent = 0;
  const connection = async (): Promise<void> => {
    for (let n = sent++; n < requests; n = sent++) {
      const started = performance.now();
      const { statusCode, body: answer } = await pool.inner.request({
        path: pathname,
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens[n % tokens.length]}` },
        body,
      });
      const text = await answer.text();
      if (statusCode !== 200 || text.includes('"errors"')) throw new Error(`${statusCode} ${text}`);
      times.push(performance.now() - started);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, connection));
  const seconds = (performance.now() - started) / 1000;
  return { seconds, p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}

class Disposable implements AsyncDisposable {
  constructor(readonly inner: Pool) {}

  [Symbol.asyncDispose](): Promise<void> {
    return this.inner.close();
  }
}

process.on('message', (load: Load) => {
  run(load).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
