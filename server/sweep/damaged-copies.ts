import type { EntityManager } from '@mikro-orm/postgresql';
import { RecordingMoves } from '../recordings/recording-moves.js';
import type { Retrier } from '../recordings/recording-admin.js';
import { formatStoredPath } from '../recordings/stored-path.js';
import type { Storage, StoredObject } from '../storage/storage.js';
import type { Logger } from '../logger.js';
import type { Transaction } from '../unit-of-work.js';
import type { SweepRules } from './orphans.js';
import { isSuspicious, type Finding, type Found } from './sweep-page.js';

/** A stored recording, as its row tells it. */
export interface StoredRow {
  readonly id: string;
  readonly key: string;
  readonly byteSize: number;
}

/**
 * Finds stored recordings whose object is missing or has another length. What its provider still has is copied again;
 * the rest is FAILED with STORED_COPY_DAMAGED, for a person to upload again.
 */
export class DamagedCopies {
  constructor(
    private readonly transaction: Transaction,
    private readonly storage: Storage,
    /** Plans a copy from where the recording came from. False: that is not to be had. */
    private readonly copyAgain: Retrier,
    private readonly logger: Logger,
  ) {}

  /**
   * `rows` and `objects`: all of one stretch of keys. `seen`: recordings whose object was there on earlier pages; where
   * none ever was, it is the wrong store, however small.
   */
  async sweep(
    rows: readonly StoredRow[],
    objects: readonly StoredObject[],
    rules: SweepRules,
    seen: number,
  ): Promise<Found> {
    const listed = new Map(objects.map((object) => [object.key, object]));
    const suspects = rows.filter((row) => listed.get(row.key)?.byteSize !== row.byteSize);
    // The wrong store, or one that is not all there, is no damage.
    const isAway = suspects.length > 0 && seen === 0 && !rows.some(({ key }) => listed.has(key));
    const suspicious = rules.suspicious || isAway || isSuspicious(suspects.length, rows.length);
    const findings: Finding[] = [];
    for (const row of suspects) {
      // Stored behind the list's back, perhaps.
      const object = await this.storage.head(row.key);
      if (object?.byteSize === row.byteSize) continue;
      const action = rules.dryRun || suspicious ? 'NONE' : await this.repaired(row);
      if (action) findings.push(findingOf(row, object, action));
    }
    return { findings, suspicious };
  }

  /** A recording that cannot be repaired keeps nobody from the next one. */
  private async repaired(row: StoredRow): Promise<Finding['action'] | undefined> {
    try {
      return await this.transaction((em) => this.repair(em, row));
    } catch (error) {
      this.logger.warn({ err: error, recordingId: row.id }, 'a damaged recording is not repaired');
      return 'NONE';
    }
  }

  /** Undefined: meanwhile its row tells of another object, or of none. */
  private async repair(
    em: EntityManager,
    { id, key }: StoredRow,
  ): Promise<'COPIED_AGAIN' | 'MARKED_DAMAGED' | undefined> {
    const moves = new RecordingMoves(em);
    const path = formatStoredPath({ storage: this.storage.kind, key });
    if (!(await moves.markDamaged(id, path))) return undefined;
    if (await this.copyAgain(em, id)) return 'COPIED_AGAIN';
    await moves.abandon(id, { code: 'STORED_COPY_DAMAGED', message: NO_SOURCE });
    return 'MARKED_DAMAGED';
  }
}

const NO_SOURCE =
  'The stored copy is missing or damaged, and cannot be copied again. Upload the recording again.';

function findingOf(row: StoredRow, object: StoredObject | undefined, action: Finding['action']): Finding {
  return {
    kind: object ? 'MISMATCH' : 'MISSING',
    action,
    key: row.key,
    recordingId: row.id,
    byteSize: object?.byteSize ?? null,
    expectedBytes: row.byteSize,
    modifiedAt: object?.modifiedAt ?? null,
  };
}
