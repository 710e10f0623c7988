import type { EntityManager } from '@mikro-orm/postgresql';
import DataLoader from 'dataloader';
import { sql, type Expression, type SelectQueryBuilder, type SqlBool } from 'kysely';
import { accessOf, type Permission } from '../auth/policy.js';
import type { Viewer } from '../auth/viewer.js';
import { errors } from '../errors.js';
import { NOTHING } from '../graphql/conditions.js';
import type { Connection } from '../graphql/connection.type.js';
import { requireId } from '../graphql/inputs.js';
import { pageQuery, toPage, type PageArgs } from '../graphql/keyset.js';
import { countOf, readPage, toConnection } from '../graphql/pages.js';
import type { LeadSchema } from '../leads/lead.entity.js';
import { JOINED_LEAD, toLead, type LeadRow } from '../leads/lead.reader.js';
import type { RecordingSchema } from '../recordings/recording.entity.js';
import { JOINED_RECORDING, toRecording, type RecordingRow } from '../recordings/recording.reader.js';
import { isoTime, type Tables } from '../rows.js';
import type { CallLogSchema } from './call-log.entity.js';
import { callLogConditions, callLogOrder } from './call-log.filter.js';
import type { CallLogFilter, CallLogOrder } from './call-log.inputs.js';
import { CallLogType } from './call-log.type.js';

type DB = Tables<typeof CallLogSchema | typeof LeadSchema | typeof RecordingSchema>;
const COLUMNS = [
  'id',
  'lead_id',
  'telecaller_id',
  'outcome',
  'duration_seconds',
  'notes',
  'started_at',
  'inserted_at',
  'recording_id',
] as const;

type CallLogRow = Awaited<ReturnType<ReturnType<typeof selectCallLog>['execute']>>[number];

/** The names of the fields that are asked of each call, of its lead and of its recording. */
export type CallLogSelection = Readonly<Record<'fields' | 'lead' | 'recording', ReadonlySet<string>>>;

/** Call logs as the viewer may see them: a telecaller those of their own leads that they made themselves. */
export class CallLogReader {
  /** The call that owns a recording, when the viewer may see it. */
  readonly ofRecording = new DataLoader<string, CallLogType | null>((ids) => this.loadOfRecordings(ids));

  private readonly pagesOfLeads = new Map<string, DataLoader<string, Connection<CallLogType>>>();
  private readonly countOfLeads = new DataLoader<string, number>((ids) => this.countByLead(ids));

  constructor(
    private readonly em: EntityManager,
    private readonly viewer: () => Viewer,
  ) {}

  async get(id: string, permission: Permission = 'callLogs.read'): Promise<CallLogType> {
    const row = await selectCallLog(this.visible(permission))
      .where('call_logs.id', '=', requireId('call log', id))
      .executeTakeFirst();
    if (!row) throw errors.notFound('call log');
    return toCallLog(row);
  }

  /** The lead and the recording of each call, where they are selected, come along in one statement. */
  page(
    args: PageArgs,
    filter: CallLogFilter | null | undefined,
    order: CallLogOrder | null | undefined,
    selected: CallLogSelection,
  ): Promise<Connection<CallLogType>> {
    const lead = selected.fields.has('lead') ? JOINED_LEAD.of(selected.lead) : undefined;
    const recording = selected.fields.has('recording') ? JOINED_RECORDING.of(selected.recording) : undefined;
    const page = toPage(args, callLogOrder(order ?? undefined));
    const conditions = callLogConditions(filter);
    const list = this.visible().where((eb) => eb.and(conditions));
    let rows = selectCallLog(list).select(page.order.value.as('position'));
    if (lead) rows = rows.innerJoin('leads', 'leads.id', 'call_logs.lead_id').select(lead.selections);
    if (recording) {
      rows = rows
        .leftJoin('recordings', 'recordings.id', 'call_logs.recording_id')
        .select(recording.selections);
    }
    return readPage(
      rows,
      page,
      (row) => {
        const callLog = toCallLog(row);
        const leadRow = lead?.rowOf(row);
        if (leadRow) callLog.lead = toLead(leadRow as LeadRow, this.viewer());
        const recordingRow = recording?.rowOf(row);
        if (recordingRow) callLog.recording = toRecording(recordingRow as RecordingRow);
        return callLog;
      },
      () => countOf(list),
    );
  }

  /** One lead's calls. Asked for many leads in one request, with the same arguments, it is one statement. */
  pageOfLead(leadId: string, args: PageArgs): Promise<Connection<CallLogType>> {
    const key = JSON.stringify([args.first, args.after, args.last, args.before]);
    let pages = this.pagesOfLeads.get(key);
    if (!pages) {
      pages = new DataLoader((leadIds) => this.loadPagesOfLeads(leadIds, args));
      this.pagesOfLeads.set(key, pages);
    }
    return pages.load(leadId);
  }

  /** True where a call log that the viewer may see owns `recordings.id`. */
  ownsRecording(): Expression<SqlBool> {
    const owner = this.visible()
      .select('call_logs.id')
      .where('call_logs.recording_id', '=', sql<string>`recordings.id`);
    return sql<SqlBool>`exists (${owner})`;
  }

  private visible(permission: Permission = 'callLogs.read'): SelectQueryBuilder<DB, 'call_logs', object> {
    const query = this.em.getKysely<DB>().selectFrom('call_logs');
    const viewer = this.viewer();
    switch (accessOf(viewer, permission)) {
      case 'all':
        return query;
      case 'own':
        return query.where('call_logs.telecaller_id', '=', viewer.id).where(ofLeadOf(viewer.id));
      case 'none':
        return query.where(NOTHING);
    }
  }

  private async loadPagesOfLeads(
    leadIds: readonly string[],
    args: PageArgs,
  ): Promise<Connection<CallLogType>[]> {
    const page = toPage(args, callLogOrder());
    const ofOne = selectCallLog(this.visible())
      .select(page.order.value.as('position'))
      .where('call_logs.lead_id', '=', sql<string>`parent.lead_id`);
    const rows = await this.em
      .getKysely<DB>()
      .selectFrom(sql<{ lead_id: string }>`unnest(${leadIds}::uuid[])`.as<'parent'>(sql`parent(lead_id)`))
      .innerJoinLateral(pageQuery(ofOne, page).as('page'), (join) => join.onTrue())
      .select([...columnsOf('page'), 'page.position'])
      .execute();
    const byLead = Map.groupBy(rows, (row) => row.lead_id);
    return leadIds.map((leadId) =>
      toConnection(byLead.get(leadId) ?? [], page, toCallLog, () => this.countOfLeads.load(leadId)),
    );
  }

  private async countByLead(leadIds: readonly string[]): Promise<number[]> {
    const rows = await this.visible()
      .select(['call_logs.lead_id', sql<number>`count(*)`.as('count')])
      .where('call_logs.lead_id', '=', sql<string>`any(${leadIds}::uuid[])`)
      .groupBy('call_logs.lead_id')
      .execute();
    const counts = new Map(rows.map((row) => [row.lead_id, row.count]));
    return leadIds.map((leadId) => counts.get(leadId) ?? 0);
  }

  private async loadOfRecordings(ids: readonly string[]): Promise<(CallLogType | null)[]> {
    const rows = await selectCallLog(this.visible())
      .where('call_logs.recording_id', '=', sql<string>`any(${ids}::uuid[])`)
      .execute();
    const found = new Map(rows.map((row) => [row.recording_id, toCallLog(row)]));
    return ids.map((id) => found.get(id) ?? null);
  }
}

/** True where the call's lead is this telecaller's. OFFSET 0: looked up call by call, in the order of the list. */
function ofLeadOf(telecallerId: string): Expression<SqlBool> {
  return sql<SqlBool>`exists (
    select from leads where leads.id = call_logs.lead_id and leads.telecaller_id = ${telecallerId}::uuid offset 0)`;
}

function selectCallLog(query: SelectQueryBuilder<DB, 'call_logs', object>) {
  return query.select(columnsOf('call_logs'));
}

/** Named one by one, also of a page: PostgreSQL keeps no plan for `*` that outlives another column. */
function columnsOf<Table extends string>(table: Table) {
  return COLUMNS.map((column) => `${table}.${column}` as const);
}

function toCallLog(row: CallLogRow): CallLogType {
  return Object.assign(new CallLogType(), {
    id: row.id,
    leadId: row.lead_id,
    telecallerId: row.telecaller_id,
    outcome: row.outcome,
    durationSeconds: row.duration_seconds,
    notes: row.notes,
    startedAt: isoTime(row.started_at),
    createdAt: isoTime(row.inserted_at),
    recordingId: row.recording_id,
  });
}
