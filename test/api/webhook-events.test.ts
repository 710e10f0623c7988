import { deepcallReport, UNSET_TEMPLATE } from '../support/fake-provider/webhooks.js';
import { graphql, tokenOf } from '../support/graphql.js';
import { ProviderApp } from '../support/provider-app.js';

let provider: ProviderApp;
let manager: string;

const CALLS = ['w0001', 'w0002', 'w0003'].map((id) => id.padEnd(24, '0'));
const json = (value: unknown) => ({
  method: 'POST' as const,
  contentType: 'application/json',
  body: JSON.stringify(value),
});

beforeAll(async () => {
  provider = await ProviderApp.start({ env: { COPY_DELAY_SECONDS: '3600' } });
  manager = await tokenOf(provider.app, await provider.app.make.user('MANAGER'));
  for (const callId of CALLS) await provider.report(deepcallReport({ callId }));
  await provider.send(UNSET_TEMPLATE);
  await provider.send({ method: 'POST', contentType: 'application/json', body: '{"half": ' });
  await provider.send(json({ cNumber: '910000000002', status: 'answered' }));
});
afterAll(() => provider[Symbol.asyncDispose]());

interface Page {
  webhookEvents: {
    totalCount: number;
    nodes: { id: string; outcome: string; reason: string | null; callIds: string[] }[];
    pageInfo: { hasNextPage: boolean; endCursor: string };
  };
}

const events = async (variables: object = {}) => {
  const answer = await graphql<Page>(
    provider.app,
    `
      query ($first: Int, $after: String, $filter: WebhookEventFilter) {
        webhookEvents(first: $first, after: $after, filter: $filter) {
          totalCount
          pageInfo {
            hasNextPage
            endCursor
          }
          nodes {
            id
            provider
            receivedAt
            processedAt
            outcome
            reason
            callIds
            callCount
            byteSize
          }
        }
      }
    `,
    { token: manager, variables },
  );
  return { ...answer.data?.webhookEvents, text: answer.text, code: answer.code };
};

it('tells of every event, latest first, and of nothing that is in it', async () => {
  const { nodes = [], totalCount, text } = await events();
  expect(totalCount).toBe(6);
  expect(nodes.map(({ outcome, reason, callIds }) => [outcome, reason, callIds])).toEqual([
    ['IGNORED', 'NO_CALL_ID', []],
    ['UNREADABLE', 'UNREADABLE', []],
    ['IGNORED', 'EMPTY', []],
    ...CALLS.toReversed().map((callId) => ['APPLIED', null, [callId]]),
  ]);
  expect(text).not.toMatch(/0000000002|0000000001|secret|half/);
});

it.each<[object, number]>([
  [{ outcome: ['IGNORED', 'UNREADABLE'] }, 3],
  [{ outcome: ['APPLIED'], provider: 'deepcall' }, 3],
  [{ provider: 'twilio' }, 0],
  [{ callId: CALLS[1] }, 1],
  [{ callId: 'w0001' }, 0],
  [{ receivedAfter: '2000-01-01T00:00:00Z' }, 6],
  [{ receivedBefore: '2000-01-01T00:00:00Z' }, 0],
  [{ outcome: [] }, 0],
])('filters by %j', async (filter, count) => {
  const { nodes, totalCount } = await events({ filter });
  expect([nodes?.length, totalCount]).toEqual([count, count]);
});

it('pages through them, each once', async () => {
  const seen: string[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < 5; pages++) {
    const { nodes = [], pageInfo } = await events({ first: 2, after });
    seen.push(...nodes.map(({ id }) => id));
    if (!pageInfo?.hasNextPage) break;
    after = pageInfo.endCursor;
  }
  expect(seen).toHaveLength(6);
  expect(new Set(seen).size).toBe(6);
});

it('an event that is found so can be replayed', async () => {
  const { nodes = [] } = await events({ filter: { callId: CALLS[2] } });
  const query = `mutation { replayWebhook(input: { eventId: "${nodes[0]?.id}" }) { catiCall { callId } } }`;
  const { data } = await graphql(provider.app, query, { token: manager });
  expect(data).toEqual({ replayWebhook: { catiCall: { callId: CALLS[2] } } });
});
