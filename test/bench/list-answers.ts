import { isDeepStrictEqual } from 'node:util';
import type { Contestant } from './contestants.js';
import { requestBody, type CallLogs } from './list-query.js';

/** A link's window may end between two answers; the next ones are then equal. */
const TRIES = 3;

/** Throws unless all the servers give the same two pages: the same rows in the same order, links to the last letter. */
export async function requireEqualAnswers(
  contestants: readonly Contestant[],
  tokens: readonly string[],
): Promise<void> {
  for (const token of tokens) {
    for (let attempt = 1; ; attempt++) {
      const differing = await firstDifference(contestants, token);
      if (!differing) break;
      if (attempt === TRIES) throw new Error(differing);
    }
  }
}

async function firstDifference(
  contestants: readonly Contestant[],
  token: string,
): Promise<string | undefined> {
  const answers = await Promise.all(contestants.map((contestant) => twoPages(contestant, token)));
  const [expected] = answers;
  const at = answers.findIndex((answer) => !isDeepStrictEqual(answer, expected));
  if (at < 0) return undefined;
  const nodes = expected ?? [];
  const row = nodes.findIndex((node, index) => !isDeepStrictEqual(answers[at]?.[index], node));
  return `${contestants[at]?.name} answers otherwise at row ${row}: ${JSON.stringify([nodes[row], answers[at]?.[row]], null, 1)}`;
}

async function twoPages(contestant: Contestant, token: string): Promise<unknown[]> {
  const first = await page(contestant, token);
  const second = await page(contestant, token, first.pageInfo.endCursor);
  return [...first.nodes, ...second.nodes].map(normal);
}

async function page({ name, server }: Contestant, token: string, after?: string | null): Promise<CallLogs> {
  const response = await fetch(server.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: requestBody(name, after),
  });
  const text = await response.text();
  const { data, errors } = JSON.parse(text) as { data?: { callLogs?: CallLogs }; errors?: unknown };
  const callLogs = data?.callLogs;
  if (errors || !callLogs) throw new Error(`${name}: ${response.status} ${text}`);
  const links = callLogs.nodes.filter((node) => JSON.stringify(node).includes('&sig='));
  if (callLogs.nodes.length !== 50 || !callLogs.pageInfo.hasNextPage || links.length < 35)
    throw new Error(`${name}: not a full page`);
  return callLogs;
}

/** Times as one text: `+00:00` and `Z` are the same. */
function normal(value: unknown): unknown {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)) return new Date(value).toISOString();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, normal(inner)]));
}
