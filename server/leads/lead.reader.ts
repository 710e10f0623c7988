import type { EntityManager } from '@mikro-orm/postgresql';
import DataLoader from 'dataloader';
import { sql, type Selectable, type SelectQueryBuilder } from 'kysely';
import { shownNumber } from '../auth/phone-numbers.js';
import { accessOf } from '../auth/policy.js';
import type { Viewer } from '../auth/viewer.js';
import { NOTHING } from '../graphql/conditions.js';
import { errors } from '../errors.js';
import type { Connection } from '../graphql/connection.type.js';
import { requireId } from '../graphql/inputs.js';
import { JoinedTable } from '../graphql/joined.js';
import { toPage, type PageArgs } from '../graphql/keyset.js';
import { countOf, readPage } from '../graphql/pages.js';
import { isoTime, isoTimeOrNull, type Tables } from '../rows.js';
import type { LeadSchema } from './lead.entity.js';
import { leadConditions, leadOrder } from './lead.filter.js';
import type { LeadFilter, LeadOrder } from './lead.inputs.js';
import { LeadType } from './lead.type.js';

type DB = Tables<typeof LeadSchema>;
export type LeadRow = Selectable<Pick<DB['leads'], (typeof LEAD_COLUMNS)[number]>>;

const LEAD_COLUMNS = [
  'id',
  'name',
  'phone',
  'email',
  'city',
  'status',
  'telecaller_id',
  'call_count',
  'last_contacted_at',
  'inserted_at',
] as const satisfies readonly (keyof DB['leads'])[];

export const JOINED_LEAD = new JoinedTable<(typeof LEAD_COLUMNS)[number]>(
  'leads',
  LEAD_COLUMNS,
  ['id', 'inserted_at'],
  {
    id: ['id'],
    name: ['name'],
    phone: ['phone'],
    email: ['email'],
    city: ['city'],
    status: ['status'],
    telecaller: ['telecaller_id'],
    callCount: ['call_count'],
    lastContactedAt: ['last_contacted_at'],
    createdAt: ['inserted_at'],
    callLogs: ['id'],
  },
);

/** Leads as the viewer may see them. */
export class LeadReader {
  /** For a field of an object that the viewer sees already: one statement for a whole page of them. */
  readonly ofVisibleOwner = new DataLoader<string, LeadType | null>((ids) => this.load(ids));

  constructor(
    private readonly em: EntityManager,
    private readonly viewer: () => Viewer,
  ) {}

  async get(id: string): Promise<LeadType> {
    const row = await selectLead(this.visible())
      .where('leads.id', '=', requireId('lead', id))
      .executeTakeFirst();
    if (!row) throw errors.notFound('lead');
    return toLead(row, this.viewer());
  }

  page(
    args: PageArgs,
    filter: LeadFilter | null | undefined,
    order: LeadOrder | null | undefined,
  ): Promise<Connection<LeadType>> {
    const page = toPage(args, leadOrder(order ?? undefined));
    const conditions = leadConditions(filter);
    const list = this.visible().where((eb) => eb.and(conditions));
    const rows = selectLead(list).select(page.order.value.as('position'));
    return readPage(
      rows,
      page,
      (row) => toLead(row, this.viewer()),
      () => countOf(list),
    );
  }

  private visible(): SelectQueryBuilder<DB, 'leads', object> {
    const query = this.em.getKysely<DB>().selectFrom('leads');
    const viewer = this.viewer();
    switch (accessOf(viewer, 'leads.read')) {
      case 'all':
        return query;
      case 'own':
        return query.where('leads.telecaller_id', '=', viewer.id);
      case 'none':
        return query.where(NOTHING);
    }
  }

  private async load(ids: readonly string[]): Promise<(LeadType | null)[]> {
    const rows = await selectLead(this.em.getKysely<DB>().selectFrom('leads'))
      .where('leads.id', '=', sql<string>`any(${ids}::uuid[])`)
      .execute();
    const found = new Map(rows.map((row) => [row.id, toLead(row, this.viewer())]));
    return ids.map((id) => found.get(id) ?? null);
  }
}

function selectLead(query: SelectQueryBuilder<DB, 'leads', object>) {
  return query.select(LEAD_COLUMNS.map((column) => `leads.${column}` as const));
}

export function toLead(row: LeadRow, viewer: Viewer): LeadType {
  return Object.assign(new LeadType(), {
    id: row.id,
    name: row.name,
    phone: shownNumber(viewer, row.phone),
    email: row.email,
    city: row.city,
    status: row.status,
    telecallerId: row.telecaller_id,
    callCount: row.call_count,
    lastContactedAt: isoTimeOrNull(row.last_contacted_at),
    createdAt: isoTime(row.inserted_at),
  });
}
