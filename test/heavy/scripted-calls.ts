import type { FakeProvider } from '../support/fake-provider/fake-provider.js';
import { callIdOf, seedProviderCalls } from '../support/provider-calls.js';

/** How a recording ends: stored, gone, or failed for a reason. */
export type End = 'UPLOADED' | 'DELETED' | 'NOT_AUDIO' | 'TRUNCATED' | 'NOT_READY';

const OLD = 'old';
const RECENT = 'new';
/** Neighbours that are all asked to wait, once each. */
const BURST = { every: 1300, length: 13 };

type Kind = 'plain' | 'goneEverywhere' | 'goneAtFirst' | 'page' | 'short' | 'limited';

/** Two in a hundred are gone, pages, short; one is only where the second generation finds it; one asks for patience. */
function kindOf(number: number): Kind {
  if (number % BURST.every < BURST.length) return 'limited';
  switch (number % 100) {
    case 20:
    case 70:
      return 'goneEverywhere';
    case 30:
      return 'goneAtFirst';
    case 40:
    case 80:
      return 'page';
    case 50:
    case 90:
      return 'short';
    default:
      return 'plain';
  }
}

const ENDS: Readonly<Record<Kind, End>> = {
  plain: 'UPLOADED',
  goneAtFirst: 'UPLOADED',
  limited: 'UPLOADED',
  goneEverywhere: 'DELETED',
  page: 'NOT_AUDIO',
  short: 'TRUNCATED',
};

function script(fake: FakeProvider, callId: string, kind: Kind): void {
  switch (kind) {
    case 'plain':
      return;
    case 'limited':
      return fake.script(callId, { kind: 'notReady', status: 429, requests: 1 });
    case 'page':
      return fake.script(callId, { kind: 'html' });
    case 'short':
      return fake.script(callId, { kind: 'earlyClose', afterBytes: 6000 });
    case 'goneEverywhere':
      fake.script(callId, { kind: 'jsonError', code: 1004 }, 'detail');
      return fake.script(callId, { kind: 'status', status: 404 }, 'g1');
    case 'goneAtFirst':
      return fake.script(callId, { kind: 'status', status: 404 }, 'g1');
  }
}

interface Queryable {
  query: Parameters<typeof seedProviderCalls>[0]['query'];
}

/**
 * So many calls with everything that goes wrong among them, one in a hundred too recent to be ready. Answers how each
 * is to end.
 */
export async function seedScripted(
  database: Queryable,
  fake: FakeProvider,
  count: number,
): Promise<Map<string, End>> {
  const recent = count / 100;
  const ends = new Map<string, End>();
  for (let number = 1; number <= count - recent; number++) {
    const callId = callIdOf(OLD, number);
    const kind = kindOf(number);
    script(fake, callId, kind);
    ends.set(callId, ENDS[kind]);
  }
  for (let number = 1; number <= recent; number++) {
    const callId = callIdOf(RECENT, number);
    fake.script(callId, { kind: 'status', status: 403 });
    fake.script(callId, { kind: 'jsonError', code: 1012 }, 'detail');
    ends.set(callId, 'NOT_READY');
  }
  await seedProviderCalls(database, fake, { count: count - recent, prefix: OLD });
  await seedProviderCalls(database, fake, { count: recent, prefix: RECENT, ago: 3600 });
  return ends;
}
