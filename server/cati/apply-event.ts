import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { newId } from '../entity.js';
import { advanceStatus } from '../providers/call-progress.js';
import type { CallEvent, Provider } from '../providers/provider.js';
import { RecordingMoves } from '../recordings/recording-moves.js';
import type { RecordingSchema, RecordingStatus } from '../recordings/recording.entity.js';
import type { Tables } from '../rows.js';
import type { CatiCallSchema } from './cati-call.entity.js';
import type { CopyPlan } from './copy-plan.js';
import { expectRecording } from './expect-recording.js';
import { agentKey, interviewerOf } from './interviewer-link.js';

type DB = Tables<typeof CatiCallSchema | typeof RecordingSchema>;
type KnownCall = Awaited<ReturnType<typeof lockCall>>;

/**
 * Brings one call up to date with what its provider reports, in the caller's transaction. Events come twice, late and
 * out of order: a status never goes back, a field that is known is never emptied, a recording is never erased.
 */
export class ApplyEvent {
  constructor(
    private readonly em: EntityManager,
    private readonly provider: Provider,
    private readonly plan: CopyPlan,
  ) {}

  /** Answers the call's id. */
  async apply(event: CallEvent): Promise<string> {
    const call = await lockCall(this.em, this.provider.name, event);
    await this.updateCall(call, event);
    await this.updateRecording(call, event);
    return call.id;
  }

  private async updateCall(call: KnownCall, event: CallEvent): Promise<void> {
    const status = advanceStatus(call.status, event.status) ?? call.status;
    const advances = status !== call.status;
    /** What comes with progress counts more than what was known; what is late only fills gaps. */
    const newer = <T>(known: T | null, reported: T | undefined): T | null =>
      (advances ? (reported ?? known) : (known ?? reported)) ?? null;
    const agent = newer(call.interviewer_key, agentKey(event.interviewerKey));
    const interviewer = interviewerOf(this.provider.name, agent);
    await this.em
      .getKysely<DB>()
      .updateTable('cati_calls')
      .set({
        status,
        status_code: newer(call.status_code, event.statusCode),
        campaign: newer(call.campaign, event.campaign),
        interviewer_key: agent,
        interviewer_id:
          agent === call.interviewer_key ? sql`coalesce(interviewer_id, ${interviewer})` : interviewer,
        provider_user_id: newer(call.provider_user_id, event.userId),
        from_number: newer(call.from_number, event.fromNumber),
        to_number: newer(call.to_number, event.toNumber),
        started_at: newer<string | Date>(call.started_at, event.startedAt),
        ended_at: newer<string | Date>(call.ended_at, event.endedAt),
        talk_seconds: newer(call.talk_seconds, event.talkSeconds),
      })
      .where('id', '=', call.id)
      .execute();
  }

  private async updateRecording(call: KnownCall, event: CallEvent): Promise<void> {
    const { url, expected, absent } = event.recording;
    if (call.recording_id === null) {
      if (expected && !absent) await this.expect(call.id, event);
      return;
    }
    if (absent) {
      const message = 'The provider says that there is no recording.';
      await new RecordingMoves(this.em).absent(call.recording_id, message);
    }
    if (url !== undefined) await this.locate(call.recording_id, url, event);
  }

  private async expect(callId: string, event: CallEvent): Promise<void> {
    const source = { url: event.recording.url, expiresAt: this.provider.expiry(event) };
    await this.plan.expect(this.em, await expectRecording(this.em, callId, source));
  }

  /** A place to fetch it from: taken while nothing is stored, and reason enough to look again for what was missing. */
  private async locate(recordingId: string, url: string, event: CallEvent): Promise<void> {
    const expiry = this.provider.expiry(event) ?? null;
    const known = await this.em
      .getKysely<DB>()
      .updateTable('recordings')
      .set({
        source_url: sql<string>`case when status = 'UPLOADED' then coalesce(source_url, ${url}) else ${url} end`,
        source_expires_at: sql<string | null>`coalesce(source_expires_at, ${expiry}::timestamptz)`,
        not_found_since: null,
      })
      .where('id', '=', recordingId)
      .where(sql<boolean>`error_code is distinct from 'REMOVED'`)
      .where(sql<boolean>`(source_url is distinct from ${url} or error_code = 'GONE_AT_SOURCE')`)
      .returning(['status', 'error_code'])
      .executeTakeFirst();
    if (known && looksAgain(known)) await this.plan.begin(this.em, recordingId, this.plan.times.delay);
  }
}

function looksAgain({ status, error_code }: { status: RecordingStatus; error_code: string | null }): boolean {
  return status === 'FAILED' || (status === 'DELETED' && error_code === 'GONE_AT_SOURCE');
}

/** The call's row, made when this is the first that is heard of it, locked until the transaction ends. */
async function lockCall(em: EntityManager, provider: string, event: CallEvent) {
  const db = em.getKysely<DB>();
  await sql`insert into cati_calls (id, inserted_at, provider, call_id, status, status_code)
    values (${newId()}, now(), ${provider}, ${event.callId}, ${event.status ?? 'INITIATED'}, ${event.statusCode ?? null})
    on conflict (call_id, provider) do nothing`.execute(db);
  return db
    .selectFrom('cati_calls')
    .select([
      'id',
      'status',
      'status_code',
      'campaign',
      'interviewer_key',
      'provider_user_id',
      'from_number',
      'to_number',
      'started_at',
      'ended_at',
      'talk_seconds',
      'recording_id',
    ])
    .where('provider', '=', provider)
    .where('call_id', '=', event.callId)
    .forUpdate()
    .executeTakeFirstOrThrow();
}
