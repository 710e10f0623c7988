import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { newId } from '../entity.js';
import type { Transaction } from '../unit-of-work.js';
import type { StorageCounts } from './storage-counts.js';
import { SWEEP_PHASES, type SweepPhase } from './storage-sweep.entity.js';
import type { Finding, SweepPage } from './sweep-page.js';
import type { SweepRow, SweepTables } from './sweep-row.js';

/** Seconds that a worker holds a sweep from one page to the next. */
const CLAIM = 120;
/** Findings of one sweep that are kept one by one; the others are only counted. */
const MAX_FINDINGS = 10_000;
/** Seconds that a phase may fail, page after page, before it is left out. */
const PATIENCE = 3600;

/** Writes down how far a sweep has come. Whoever lost the claim writes nothing. */
export class SweepLedger {
  constructor(private readonly transaction: Transaction) {}

  /** Undefined: it is over, or somebody else works on it. */
  claim(id: string): Promise<SweepRow | undefined> {
    return this.transaction((em) =>
      em
        .getKysely<SweepTables>()
        .updateTable('storage_sweeps')
        .set({ claim_id: newId(), claimed_until: UNTIL })
        .where('id', '=', id)
        .where('status', '=', 'RUNNING')
        .where(sql<boolean>`coalesce(claimed_until <= now(), true)`)
        .returningAll()
        .executeTakeFirst(),
    );
  }

  /** What a page found, and where the next one begins. Undefined: the claim was lost. */
  save(sweep: SweepRow, page: SweepPage): Promise<SweepRow | undefined> {
    const { findings = [], counts } = page;
    const next = placeBehind(sweep.phase, page.cursor);
    return this.transaction(async (em) => {
      const saved = await this.held(em, sweep)
        .set((eb) => ({
          ...next,
          failing_since: null,
          suspicious: page.suspicious ?? sweep.suspicious,
          ...(counts ? { counts: sql<StorageCounts>`${JSON.stringify(counts)}::jsonb` } : {}),
          claimed_until: UNTIL,
          objects: eb('objects', '+', page.objects ?? 0),
          recordings: eb('recordings', '+', page.recordings ?? 0),
          temporary: eb('temporary', '+', page.temporary ?? 0),
          orphans: eb('orphans', '+', countOf(findings, isOrphan)),
          orphan_bytes: eb('orphan_bytes', '+', bytesOf(findings, isOrphan)),
          missing: eb('missing', '+', countOf(findings, isMissing)),
          mismatched: eb('mismatched', '+', countOf(findings, isMismatch)),
          strangers: eb('strangers', '+', countOf(findings, isStranger)),
          collected: eb('collected', '+', countOf(findings, isCollected)),
          collected_bytes: eb('collected_bytes', '+', bytesOf(findings, isCollected)),
          repaired: eb('repaired', '+', countOf(findings, isRepaired)),
        }))
        .returningAll()
        .executeTakeFirst();
      if (saved) await this.keep(em, sweep, findings);
      return saved;
    });
  }

  /** Free for the next turn, which `next` asks for in the same transaction. */
  async release(sweep: SweepRow, next?: (em: EntityManager) => Promise<void>): Promise<void> {
    await this.transaction(async (em) => {
      const { numUpdatedRows } = await this.held(em, sweep)
        .set({ claim_id: null, claimed_until: null })
        .executeTakeFirst();
      if (numUpdatedRows === 1n) await next?.(em);
    });
  }

  /** Free for another try at the phase; or, when it has failed for too long, for the next one, which is answered. */
  async failed(sweep: SweepRow, next: (em: EntityManager) => Promise<void>): Promise<SweepPhase | undefined> {
    return this.transaction(async (em) => {
      const free = { claim_id: null, claimed_until: null };
      const held = this.held(em, sweep);
      const given = await held
        .set({
          ...free,
          ...placeBehind(sweep.phase, undefined),
          failing_since: null,
          skipped: sql`array_append(skipped, phase::text)`,
        })
        .where(sql<boolean>`failing_since < now() - make_interval(secs => ${PATIENCE})`)
        .executeTakeFirst();
      if (given.numUpdatedRows === 0n) {
        await held.set({ ...free, failing_since: sql`coalesce(failing_since, now())` }).execute();
        return undefined;
      }
      await next(em);
      return sweep.phase;
    });
  }

  private held(em: EntityManager, { id, claim_id }: SweepRow) {
    return em
      .getKysely<SweepTables>()
      .updateTable('storage_sweeps')
      .where('id', '=', id)
      .where('claim_id', '=', claim_id);
  }

  private async keep(em: EntityManager, before: SweepRow, findings: readonly Finding[]): Promise<void> {
    const known = before.orphans + before.missing + before.mismatched + before.strangers;
    const kept = findings.slice(0, Math.max(0, MAX_FINDINGS - known));
    if (kept.length === 0) return;
    await em
      .getKysely<SweepTables>()
      .insertInto('storage_findings')
      .values(
        kept.map((finding) => ({
          id: newId(),
          inserted_at: sql<string>`now()`,
          sweep_id: before.id,
          kind: finding.kind,
          action: finding.action,
          key: finding.key,
          recording_id: finding.recordingId,
          byte_size: finding.byteSize,
          expected_bytes: finding.expectedBytes,
          modified_at: finding.modifiedAt?.toISOString() ?? null,
        })),
      )
      .execute();
  }
}

/** The database's clock decides, so that processes with differing clocks agree. */
const UNTIL = sql<string>`now() + make_interval(secs => ${CLAIM})`;

function placeBehind(phase: SweepPhase, cursor: string | undefined) {
  if (cursor !== undefined) return { cursor };
  const next = SWEEP_PHASES[SWEEP_PHASES.indexOf(phase) + 1];
  if (next) return { phase: next, cursor: null };
  return { cursor: null, status: 'FINISHED', finished_at: sql<string>`now()` } as const;
}

const isOrphan = ({ kind }: Finding): boolean => kind === 'ORPHAN';
const isMissing = ({ kind }: Finding): boolean => kind === 'MISSING';
const isMismatch = ({ kind }: Finding): boolean => kind === 'MISMATCH';
const isStranger = ({ kind }: Finding): boolean => kind === 'STRANGER';
const isCollected = ({ action }: Finding): boolean => action === 'COLLECTED';
const isRepaired = ({ action }: Finding): boolean => action === 'COPIED_AGAIN' || action === 'MARKED_DAMAGED';

function countOf(findings: readonly Finding[], is: (finding: Finding) => boolean): number {
  return findings.filter(is).length;
}

function bytesOf(findings: readonly Finding[], is: (finding: Finding) => boolean): number {
  return findings.filter(is).reduce((sum, { byteSize }) => sum + (byteSize ?? 0), 0);
}
