import { sql } from 'kysely';
import { formatStoredPath, parseStoredPath } from '../recordings/stored-path.js';
import { RECORDINGS_PREFIX } from '../storage/key-prefixes.js';
import type { Storage } from '../storage/storage.js';
import type { Transaction } from '../unit-of-work.js';
import type { DamagedCopies, StoredRow } from './damaged-copies.js';
import type { Orphans, SweepRules } from './orphans.js';
import { isBehind, listPage, PAGE, type SweepPage } from './sweep-page.js';

/** Behind every key below `recordings/`: `0` follows `/`. */
const PREFIX_END = 'recordings0';

/** Walks the store's recordings and the rows that tell of them side by side, both by the bytes of their keys. */
export class RecordingPages {
  constructor(
    private readonly transaction: Transaction,
    private readonly storage: Storage,
    private readonly orphans: Orphans,
    private readonly damaged: DamagedCopies,
  ) {}

  /** `seen`: recordings whose object was there on earlier pages. */
  async next(after: string | undefined, rules: SweepRules, seen: number): Promise<SweepPage> {
    const listed = await listPage(this.storage, RECORDINGS_PREFIX, after);
    const rows = await this.rows(after ?? RECORDINGS_PREFIX, listed.end ?? PREFIX_END);
    // Where there are more rows than objects, the page ends with its last row.
    const last = rows.length === PAGE ? rows.at(-1)?.key : undefined;
    const objects =
      last === undefined ? listed.objects : listed.objects.filter(({ key }) => !isBehind(key, last));
    const damaged = await this.damaged.sweep(rows, objects, rules, seen);
    const orphans = await this.orphans.sweep(objects, { ...rules, suspicious: damaged.suspicious });
    return {
      cursor: last ?? listed.end,
      objects: objects.length,
      recordings: rows.length,
      findings: [...damaged.findings, ...orphans.findings],
      suspicious: orphans.suspicious,
    };
  }

  /** Of the stored ones, those of these keys, both ends but the first included. */
  private async rows(after: string, end: string): Promise<StoredRow[]> {
    const path = (key: string): string => formatStoredPath({ storage: this.storage.kind, key });
    const { rows } = await this.transaction((em) =>
      sql<{ id: string; recording_path: string; byte_size: number }>`
        select id, recording_path, byte_size from recordings
        where recording_path collate "C" > ${path(after)} and recording_path collate "C" <= ${path(end)}
          and status = 'UPLOADED'
        order by recording_path collate "C" limit ${PAGE}`.execute(em.getKysely()),
    );
    return rows.map(({ id, recording_path, byte_size }) => ({
      id,
      key: parseStoredPath(recording_path).key,
      byteSize: byte_size,
    }));
  }
}
