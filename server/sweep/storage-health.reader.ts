import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { accessOf } from '../auth/policy.js';
import type { Viewer } from '../auth/viewer.js';
import { sameId } from '../graphql/conditions.js';
import type { Connection } from '../graphql/connection.type.js';
import { toPage, type PageArgs, type PageOrder } from '../graphql/keyset.js';
import { countOf, readPage } from '../graphql/pages.js';
import { isoTime, isoTimeOrNull } from '../rows.js';
import type { StorageFindingFilter } from './storage-health.inputs.js';
import { StorageFindingType, StorageSweepType } from './storage-health.type.js';
import type { SweepStatus } from './storage-sweep.entity.js';
import type { SweepRow, SweepTables } from './sweep-row.js';

const FINDING_ORDER: PageOrder = {
  name: 'STORAGE FINDINGS',
  direction: 'desc',
  value: sql<string>`storage_findings.inserted_at`,
  id: sql<string>`storage_findings.id`,
  type: 'timestamptz',
};

/** What sweeps found. Counts are theirs: no question counts recordings. */
export class StorageHealthReader {
  constructor(
    private readonly em: EntityManager,
    private readonly viewer: () => Viewer,
  ) {}

  async latest(status: SweepStatus): Promise<StorageSweepType | null> {
    const row = await this.em
      .getKysely<SweepTables>()
      .selectFrom('storage_sweeps')
      .selectAll()
      .where('status', '=', status)
      .orderBy('inserted_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row ? toSweep(row) : null;
  }

  findings(
    args: PageArgs,
    filter: StorageFindingFilter | undefined,
  ): Promise<Connection<StorageFindingType>> {
    let list = this.em.getKysely<SweepTables>().selectFrom('storage_findings');
    if (filter?.kind) list = list.where(sql<boolean>`kind = any(${filter.kind})`);
    if (filter?.action) list = list.where(sql<boolean>`action = any(${filter.action})`);
    if (filter?.sweepId != null) list = list.where(sameId('sweep_id', filter.sweepId));
    const showsKeys = accessOf(this.viewer(), 'recordings.path') === 'all';
    return readPage(
      list.selectAll().select(FINDING_ORDER.value.as('position')),
      toPage(args, FINDING_ORDER),
      (row) =>
        Object.assign(new StorageFindingType(), {
          id: row.id,
          kind: row.kind,
          action: row.action,
          foundAt: isoTime(row.inserted_at),
          sweepId: row.sweep_id,
          recordingId: row.recording_id,
          key: showsKeys ? row.key : null,
          byteSize: row.byte_size,
          expectedBytes: row.expected_bytes,
          modifiedAt: isoTimeOrNull(row.modified_at),
        }),
      () => countOf(list),
    );
  }
}

export function toSweep(row: SweepRow): StorageSweepType {
  return Object.assign(new StorageSweepType(), {
    id: row.id,
    status: row.status,
    dryRun: row.dry_run,
    startedAt: isoTime(row.inserted_at),
    startedById: row.started_by_id,
    finishedAt: isoTimeOrNull(row.finished_at),
    objects: row.objects,
    recordings: row.recordings,
    orphans: row.orphans,
    orphanBytes: row.orphan_bytes,
    missing: row.missing,
    mismatched: row.mismatched,
    strangers: row.strangers,
    collected: row.collected,
    collectedBytes: row.collected_bytes,
    repaired: row.repaired,
    temporary: row.temporary,
    skipped: row.skipped,
    suspicious: row.suspicious,
    counts: row.counts,
  });
}

/** When the last sweep that was no dry run ended. */
export async function lastSweepAt(em: EntityManager): Promise<Date | undefined> {
  const row = await em
    .getKysely<SweepTables>()
    .selectFrom('storage_sweeps')
    .select('finished_at')
    .where('status', '=', 'FINISHED')
    .where('dry_run', '=', false)
    .orderBy('inserted_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.finished_at == null ? undefined : new Date(isoTime(row.finished_at));
}
