import { createHash } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { newId } from '../entity.js';
import { errors } from '../errors.js';
import { requireId } from '../graphql/inputs.js';
import type { ParsedWebhook, Provider, WebhookRequest } from '../providers/provider.js';
import type { ProviderRegistry } from '../providers/registry.js';
import type { Tables } from '../rows.js';
import type { Transaction } from '../unit-of-work.js';
import { ApplyEvent } from './apply-event.js';
import type { CopyPlan } from './copy-plan.js';
import type { WebhookEventSchema, WebhookOutcome } from './webhook-event.entity.js';

type DB = Tables<typeof WebhookEventSchema>;

/** Keeps what providers send, and applies it: the event, its calls, their recordings and jobs in one transaction. */
export class WebhookService {
  constructor(
    private readonly transaction: Transaction,
    private readonly providers: ProviderRegistry,
    private readonly plan: CopyPlan,
  ) {}

  /** The very same request a second time changes nothing. `shownUrl` has no secret in it. */
  async receive(provider: Provider, request: WebhookRequest, shownUrl: string): Promise<void> {
    const parsed = provider.parseWebhook(request);
    await this.transaction(async (em) => {
      const kept = await keep(em, provider.name, request, shownUrl, parsed);
      if (kept) await this.apply(em, provider, parsed);
    });
  }

  /** Applies a kept event again. Answers the id of the first call that it tells of, if it tells of any. */
  async replay(eventId: string): Promise<string | undefined> {
    const id = requireId('event', eventId);
    return this.transaction(async (em) => {
      const db = em.getKysely<DB>();
      const event = await db.selectFrom('webhook_events').selectAll().where('id', '=', id).executeTakeFirst();
      if (!event) throw errors.notFound('event');
      const provider = this.providers.get(event.provider);
      if (!provider) throw errors.conflict(`No connection to ${event.provider} is configured.`);
      const parsed = provider.parseWebhook(requestOf(event));
      await db
        .updateTable('webhook_events')
        .set({ ...judged(parsed), processed_at: sql`now()` })
        .where('id', '=', id)
        .execute();
      const [first] = await this.apply(em, provider, parsed);
      return first;
    });
  }

  /** In the order of the calls' ids, so that two requests about the same calls wait for each other, not for ever. */
  private async apply(em: EntityManager, provider: Provider, { events }: ParsedWebhook): Promise<string[]> {
    const applying = new ApplyEvent(em, provider, this.plan);
    const ids = new Map<string, string>();
    for (const event of events.toSorted((a, b) => (a.callId < b.callId ? -1 : a.callId > b.callId ? 1 : 0)))
      ids.set(event.callId, await applying.apply(event));
    return events.flatMap(({ callId }) => ids.get(callId) ?? []);
  }
}

/** False: the same request was kept before. */
async function keep(
  em: EntityManager,
  provider: string,
  request: WebhookRequest,
  shownUrl: string,
  parsed: ParsedWebhook,
): Promise<boolean> {
  const inserted = await em
    .getKysely<DB>()
    .insertInto('webhook_events')
    .values({
      id: newId(),
      inserted_at: sql`now()`,
      processed_at: sql`now()`,
      provider,
      body_hash: hashOf(request),
      body: request.rawBody,
      content_type: request.contentType?.slice(0, 200) ?? null,
      method: request.method,
      url: shownUrl,
      ...judged(parsed),
    })
    .onConflict((conflict) => conflict.columns(['provider', 'body_hash']).doNothing())
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows === 1n;
}

function judged({ events, ignored }: ParsedWebhook): {
  call_ids: string[];
  outcome: WebhookOutcome;
  reason: string | null;
} {
  const outcome = events.length > 0 ? 'APPLIED' : ignored.includes('UNREADABLE') ? 'UNREADABLE' : 'IGNORED';
  const reason = [...new Set(ignored)].join(', ');
  return { call_ids: [...new Set(events.map(({ callId }) => callId))], outcome, reason: reason || null };
}

function hashOf({ method, url, rawBody }: WebhookRequest): string {
  const search = URL.parse(url)?.search ?? '';
  return createHash('sha256').update(`${method} ${search}\n`).update(rawBody).digest('hex');
}

/** The request as it was, but for its secret: who applies it again has been authorised in another way. */
function requestOf(event: {
  method: string;
  url: string;
  content_type: string | null;
  body: Buffer;
}): WebhookRequest {
  const query: Record<string, string[]> = {};
  for (const [name, value] of new URL(event.url, 'http://localhost').searchParams)
    (query[name] ??= []).push(value);
  return {
    method: event.method,
    url: event.url,
    query,
    headers: {},
    contentType: event.content_type ?? undefined,
    rawBody: event.body,
  };
}
