import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '../../server/entity.js';
import { LocalStorage } from '../../server/storage/local-storage.js';
import { StorageUnavailable } from '../../server/storage/storage.js';
import { eventually } from '../support/eventually.js';
import { leave, sweep } from '../support/sweep-steps.js';
import { TestApp } from '../support/test-app.js';
import { below } from '../support/upload-steps.js';

describe('a store that is not this database’s', () => {
  it.each([
    [1015, 'more than a page'],
    [3, 'few'],
  ])('%i recordings without an object (%s) are all told of, and none is given up', async (count) => {
    await using app = await TestApp.start();
    const admin = await app.make.user('ADMIN');
    const ids = Array.from({ length: count }, newId);
    await Promise.all(
      ids.map((id) =>
        app.make.recording({
          id,
          status: 'UPLOADED',
          recordingPath: `local:${below.recording(id)}${newId()}.mp3`,
          byteSize: 11,
          sha256: '0'.repeat(64),
          uploadedAt: new Date(),
        }),
      ),
    );
    const done = await sweep(app, admin);
    expect(done).toMatchObject({ recordings: count, missing: count, repaired: 0, suspicious: true });
  });

  it('keeps its objects, also of the last page', async () => {
    await using app = await TestApp.start();
    const admin = await app.make.user('ADMIN');
    for (let n = 0; n < 1015; n++) await leave(app, `${below.recording(newId())}${newId()}.mp3`);
    const done = await sweep(app, admin);
    expect(done).toMatchObject({ objects: 1015, orphans: 1015, collected: 0, suspicious: true });
  });
});

describe('a phase that fails', () => {
  class Refusing extends LocalStorage {
    override collectTemporary(): Promise<number> {
      return Promise.reject(new StorageUnavailable('access is denied'));
    }
  }
  let folder: string;
  let app: TestApp;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'earshot-refusing-'));
    await LocalStorage.open(folder);
    app = await TestApp.start({ storage: new Refusing(folder) });
  });
  afterEach(async () => {
    await app[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  interface Row {
    status: string;
    skipped: string[];
    failing_since: Date | null;
  }
  const begin = async (failingSince: string): Promise<() => Promise<Row | undefined>> => {
    const id = newId();
    await app.database.query(
      `insert into storage_sweeps (id, inserted_at, status, dry_run, phase, failing_since)
       values ($1, now(), 'RUNNING', false, 'TEMPORARY', ${failingSince})`,
      [id],
    );
    return async () => (await app.database.query<Row>('select * from storage_sweeps where id = $1', [id]))[0];
  };

  it('is tried again at first', async () => {
    const row = await begin('null');
    await eventually(async () => (await row())?.failing_since != null);
    expect(await row()).toMatchObject({ status: 'RUNNING', skipped: [] });
  });

  it('is left out after an hour, told of, and keeps no later sweep from its work', async () => {
    const row = await begin("now() - interval '61 minutes'");
    await eventually(async () => (await row())?.status === 'FINISHED');
    expect(await row()).toMatchObject({ skipped: ['TEMPORARY'], failing_since: null });
    expect(await (await fetch(`${app.url}/metrics`)).text()).toContain(
      'earshot_storage_phases_skipped_total{phase="temporary"} 1',
    );
  });
});
