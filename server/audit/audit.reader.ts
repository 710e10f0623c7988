import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { sameId } from '../graphql/conditions.js';
import type { Connection } from '../graphql/connection.type.js';
import { toPage, type PageArgs, type PageOrder } from '../graphql/keyset.js';
import { countOf, readPage } from '../graphql/pages.js';
import { isoTime } from '../rows.js';
import { AuditEventType, type AuditEventFilter } from './audit-event.type.js';
import type { AuditTables } from './audit-log.js';

const ORDER: PageOrder = {
  name: 'AUDIT EVENTS',
  direction: 'desc',
  value: sql<string>`audit_events.inserted_at`,
  id: sql<string>`audit_events.id`,
  type: 'timestamptz',
};

export class AuditReader {
  constructor(private readonly em: EntityManager) {}

  page(args: PageArgs, filter: AuditEventFilter | undefined): Promise<Connection<AuditEventType>> {
    let list = this.em.getKysely<AuditTables>().selectFrom('audit_events');
    if (filter?.actorId != null) list = list.where(sameId('actor_id', filter.actorId));
    if (filter?.recordingId != null) list = list.where(sameId('recording_id', filter.recordingId));
    if (filter?.kind) list = list.where(sql<boolean>`kind = any(${filter.kind})`);
    if (filter?.after) list = list.where('inserted_at', '>=', filter.after.toISOString());
    if (filter?.before) list = list.where('inserted_at', '<', filter.before.toISOString());
    return readPage(
      list.selectAll().select(ORDER.value.as('position')),
      toPage(args, ORDER),
      (row) =>
        Object.assign(new AuditEventType(), {
          id: row.id,
          kind: row.kind,
          at: isoTime(row.inserted_at),
          actorId: row.actor_id,
          recordingId: row.recording_id,
          subjectId: row.subject_id,
          address: row.address,
        }),
      () => countOf(list),
    );
  }
}
