import { sql } from 'kysely';
import type { Storage } from '../storage/storage.js';
import type { Transaction } from '../unit-of-work.js';
import { RecordingMoves } from './recording-moves.js';
import { recordingPrefix } from './stored-path.js';

/** Recordings that one turn looks after. */
const BATCH = 100;

/** What recordings need when nobody asks for them. */
export class RecordingKeeper {
  constructor(
    private readonly transaction: Transaction,
    private readonly storage: Storage,
  ) {}

  /** Deletes the objects of removed recordings. Objects first: a kill in between leaves rows that say where to go on. */
  async purge(): Promise<number> {
    const { rows } = await this.transaction((em) =>
      sql<{ id: string }>`
        select id from recordings where removed_at is not null and purged_at is null
        order by removed_at limit ${BATCH}`.execute(em.getKysely()),
    );
    for (const { id } of rows) {
      for await (const { key } of this.storage.list(recordingPrefix(id))) await this.storage.delete(key);
      await this.transaction((em) => new RecordingMoves(em).purged(id));
    }
    return rows.length;
  }
}
