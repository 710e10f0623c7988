import type { EntityManager } from '@mikro-orm/postgresql';
import DataLoader from 'dataloader';
import { sql, type Expression, type SelectQueryBuilder, type SqlBool } from 'kysely';
import { shownNumber } from '../auth/phone-numbers.js';
import { accessOf, type Permission } from '../auth/policy.js';
import type { Viewer } from '../auth/viewer.js';
import { errors } from '../errors.js';
import { NOTHING } from '../graphql/conditions.js';
import type { Connection } from '../graphql/connection.type.js';
import { requireId } from '../graphql/inputs.js';
import { toPage, type PageArgs } from '../graphql/keyset.js';
import { countOf, readPage } from '../graphql/pages.js';
import type { RecordingSchema } from '../recordings/recording.entity.js';
import { isoTimeOrNull, type Tables } from '../rows.js';
import type { CatiCallSchema } from './cati-call.entity.js';
import { catiCallConditions, catiCallOrder } from './cati-call.filter.js';
import type { CatiCallFilter, CatiCallOrder } from './cati-call.inputs.js';
import { CatiCallType } from './cati-call.type.js';

type DB = Tables<typeof CatiCallSchema | typeof RecordingSchema>;
type CatiCallRow = Awaited<ReturnType<ReturnType<typeof selectCatiCall>['execute']>>[number];

/** CATI calls as the viewer may see them: an interviewer their own. */
export class CatiCallReader {
  /** The call that owns a recording, when the viewer may see it. */
  readonly ofRecording = new DataLoader<string, CatiCallType | null>((ids) => this.loadOfRecordings(ids));

  /** Calls that the viewer may see, by id: one statement for a whole page. */
  readonly byId = new DataLoader<string, CatiCallType>((ids) => this.loadByIds(ids));

  constructor(
    private readonly em: EntityManager,
    private readonly viewer: () => Viewer,
  ) {}

  async get(id: string, permission: Permission = 'catiCalls.read'): Promise<CatiCallType> {
    const row = await selectCatiCall(this.visible(permission))
      .where('cati_calls.id', '=', requireId('CATI call', id))
      .executeTakeFirst();
    if (!row) throw errors.notFound('CATI call');
    return this.toCatiCall(row);
  }

  /** By our id or by the provider's; of two providers that use one id, the later call. */
  async find({ id, callId }: { id?: string | null; callId?: string | null }): Promise<CatiCallType> {
    if ((id == null) === (callId == null)) throw errors.badInput('id', 'Give exactly one of id and callId.');
    if (id != null) return this.get(id);
    // PostgreSQL keeps no text with a NUL in it, and takes none.
    if (callId?.includes('\0')) throw errors.notFound('CATI call');
    const row = await selectCatiCall(this.visible())
      .where('cati_calls.call_id', '=', callId ?? '')
      .orderBy('cati_calls.inserted_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (!row) throw errors.notFound('CATI call');
    return this.toCatiCall(row);
  }

  page(
    args: PageArgs,
    filter: CatiCallFilter | null | undefined,
    order: CatiCallOrder | null | undefined,
  ): Promise<Connection<CatiCallType>> {
    const page = toPage(args, catiCallOrder(order ?? undefined));
    const seesNumbers = accessOf(this.viewer(), 'phoneNumbers.read') === 'all';
    const joined = page.order.idElsewhere === true;
    const conditions = catiCallConditions(filter, { seesNumbers, joined });
    const filtered = this.visible().where((eb) => eb.and(conditions));
    const list = joined
      ? filtered
          .where((eb) => eb.and([withExpiry]))
          .innerJoin('recordings', 'recordings.id', 'cati_calls.recording_id')
      : filtered;
    const rows = selectCatiCall(list).select(page.order.value.as('position'));
    return readPage(
      rows,
      page,
      (row) => this.toCatiCall(row),
      () => countOf(list),
    );
  }

  /** True where a CATI call that the viewer may see owns `recordings.id`. */
  ownsRecording(): Expression<SqlBool> {
    const owner = this.visible()
      .select('cati_calls.id')
      .where('cati_calls.recording_id', '=', sql<string>`recordings.id`);
    return sql<SqlBool>`exists (${owner})`;
  }

  private visible(permission: Permission = 'catiCalls.read'): SelectQueryBuilder<DB, 'cati_calls', object> {
    const query = this.em.getKysely<DB>().selectFrom('cati_calls');
    const viewer = this.viewer();
    switch (accessOf(viewer, permission)) {
      case 'all':
        return query;
      case 'own':
        return query.where('cati_calls.interviewer_id', '=', viewer.id);
      case 'none':
        return query.where(NOTHING);
    }
  }

  private async loadByIds(ids: readonly string[]): Promise<(CatiCallType | Error)[]> {
    const rows = await selectCatiCall(this.visible())
      .where('cati_calls.id', '=', sql<string>`any(${ids}::uuid[])`)
      .execute();
    const found = new Map(rows.map((row) => [row.id, this.toCatiCall(row)]));
    return ids.map((id) => found.get(id) ?? errors.notFound('CATI call'));
  }

  private async loadOfRecordings(ids: readonly string[]): Promise<(CatiCallType | null)[]> {
    const rows = await selectCatiCall(this.visible())
      .where('cati_calls.recording_id', '=', sql<string>`any(${ids}::uuid[])`)
      .execute();
    const found = new Map(rows.map((row) => [row.recording_id, this.toCatiCall(row)]));
    return ids.map((id) => found.get(id) ?? null);
  }

  private toCatiCall(row: CatiCallRow): CatiCallType {
    return Object.assign(new CatiCallType(), {
      id: row.id,
      provider: row.provider,
      callId: row.call_id,
      status: row.status,
      statusCode: row.status_code,
      campaign: row.campaign,
      interviewerKey: row.interviewer_key,
      interviewerId: row.interviewer_id,
      fromNumber: shownNumber(this.viewer(), row.from_number),
      toNumber: shownNumber(this.viewer(), row.to_number),
      startedAt: isoTimeOrNull(row.started_at),
      endedAt: isoTimeOrNull(row.ended_at),
      talkSeconds: row.talk_seconds,
      recordingId: row.recording_id,
    });
  }
}

/** What SOURCE_EXPIRES_AT orders by. */
const withExpiry = sql<SqlBool>`recordings.source_expires_at is not null`;

function selectCatiCall(query: SelectQueryBuilder<DB, 'cati_calls', object>) {
  return query.select([
    'cati_calls.id',
    'cati_calls.provider',
    'cati_calls.call_id',
    'cati_calls.status',
    'cati_calls.status_code',
    'cati_calls.campaign',
    'cati_calls.interviewer_key',
    'cati_calls.interviewer_id',
    'cati_calls.from_number',
    'cati_calls.to_number',
    'cati_calls.started_at',
    'cati_calls.ended_at',
    'cati_calls.talk_seconds',
    'cati_calls.recording_id',
  ]);
}
