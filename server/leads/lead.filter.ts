import { sql, type Expression, type SqlBool } from 'kysely';
import { likePattern, sameId } from '../graphql/conditions.js';
import { boundedText } from '../graphql/inputs.js';
import type { PageOrder } from '../graphql/keyset.js';
import { lower } from '../graphql/ordering.js';
import type { LeadFilter, LeadOrder } from './lead.inputs.js';

export function leadOrder(
  { field, direction }: LeadOrder = { field: 'CREATED_AT', direction: 'DESC' },
): PageOrder {
  const base = {
    name: `LEADS ${field} ${direction}`,
    direction: lower(direction),
    id: sql<string>`leads.id`,
  };
  switch (field) {
    case 'CREATED_AT':
      return { ...base, value: sql<string>`leads.inserted_at`, type: 'timestamptz' };
    case 'LAST_CONTACTED_AT':
      return { ...base, value: sql<string>`leads.contact_order`, type: 'timestamptz' };
    case 'NAME':
      return { ...base, value: sql<string>`leads.name`, type: 'text' };
  }
}

/** The conditions of a filter over `leads`; every one must hold. */
export function leadConditions(filter: LeadFilter | null | undefined): Expression<SqlBool>[] {
  const where: Expression<SqlBool>[] = [];
  if (!filter) return where;
  const search = boundedText('filter.search', filter.search, 100);
  if (filter.status) where.push(sql<SqlBool>`leads.status = any(${filter.status})`);
  if (filter.telecallerId != null) where.push(sameId('leads.telecaller_id', filter.telecallerId));
  if (search !== undefined) {
    const pattern = likePattern(search, 'anywhere');
    where.push(sql<SqlBool>`(leads.name ilike ${pattern} or leads.phone like ${pattern})`);
  }
  if (filter.hasRecording != null)
    where.push(filter.hasRecording ? HAS_RECORDING : sql<SqlBool>`not ${HAS_RECORDING}`);
  if (filter.createdAfter) where.push(sql<SqlBool>`leads.inserted_at >= ${filter.createdAfter}`);
  if (filter.createdBefore) where.push(sql<SqlBool>`leads.inserted_at < ${filter.createdBefore}`);
  return where;
}

const HAS_RECORDING = sql<SqlBool>`exists (
  select from call_logs join recordings on recordings.id = call_logs.recording_id
  where call_logs.lead_id = leads.id and recordings.status = 'UPLOADED')`;
