import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Migration } from '../../sdk/core/index.js';
import { parseStoredPath } from '../../server/recordings/stored-path.js';
import type { FakeProvider } from '../support/fake-provider/fake-provider.js';
import type { Farm } from './farm.js';
import type { End } from './scripted-calls.js';

interface Row {
  call_id: string;
  status: string;
  error_code: string | null;
  sha256: string | null;
  recording_path: string | null;
  item: string | null;
  item_code: string | null;
}

const ROWS = `select call_id, recordings.status, recordings.error_code, sha256, recording_path,
    migration_items.status as item, migration_items.code as item_code
  from cati_calls join recordings on recordings.id = recording_id
  left join migration_items on run_id = $1 and cati_call_id = cati_calls.id order by call_id`;

const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Every recording as its script demands, every item told once, every object that of a row, byte for byte. */
export async function expectEndState(
  { database, dir, fake }: Pick<Farm, 'database' | 'dir' | 'fake'>,
  run: Migration,
  ends: ReadonlyMap<string, End>,
): Promise<void> {
  const rows = await database.query<Row>(ROWS, [run.id]);
  expect(rows).toHaveLength(ends.size);
  expect(rows.map((row) => problemOf(row, ends.get(row.call_id), fake)).filter(Boolean)).toEqual([]);
  expect(run).toMatchObject({ status: 'SUCCEEDED', progress: countsOf(ends) });

  const stored = rows.filter(({ status }) => status === 'UPLOADED');
  const keys = stored.map(({ recording_path: path }) => parseStoredPath(path ?? '').key);
  expect(await dir.keys('recordings/')).toEqual(keys.toSorted());
  for (const [index, key] of keys.entries()) {
    const bytes = await readFile(join(dir.path, 'objects', key));
    if (hashOf(bytes) !== stored[index]?.sha256) throw new Error(`${key} is not what its row says`);
  }
}

function problemOf(row: Row, end: End | undefined, fake: FakeProvider): string | undefined {
  const { call_id: callId, status, error_code: code, sha256, item, item_code: itemCode } = row;
  const is = [status, code, item, itemCode].join(' ');
  const want =
    end === 'UPLOADED'
      ? 'UPLOADED  UPLOADED '
      : end === 'DELETED'
        ? 'DELETED GONE_AT_SOURCE DELETED GONE_AT_SOURCE'
        : `FAILED ${end} FAILED ${end}`;
  if (is !== want) return `${callId}: ${is}, not ${want}`;
  if (end === 'UPLOADED' && sha256 !== hashOf(fake.audio.bytesOf(callId))) return `${callId}: other bytes`;
  return undefined;
}

function countsOf(ends: ReadonlyMap<string, End>) {
  const all = [...ends.values()];
  const uploaded = all.filter((end) => end === 'UPLOADED').length;
  const deleted = all.filter((end) => end === 'DELETED').length;
  return {
    total: ends.size,
    uploaded,
    deleted,
    skipped: 0,
    failed: ends.size - uploaded - deleted,
    remaining: 0,
  };
}
