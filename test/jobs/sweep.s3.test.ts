import { Readable } from 'node:stream';
import { newId } from '../../server/entity.js';
import { S3Storage } from '../../server/storage/s3-storage.js';
import type { CollectOptions } from '../../server/storage/storage.js';
import { partTargets, uploadedParts } from '../support/direct-steps.js';
import { TestBucket, testS3 } from '../support/s3.js';
import { S3App } from '../support/s3-app.js';
import { findingsOf, isThere, sweep } from '../support/sweep-steps.js';
import { TestApp } from '../support/test-app.js';
import { below, Caller, keysBelow } from '../support/upload-steps.js';

const s3 = testS3();

(s3 ? describe : describe.skip)('on S3', () => {
  it('collects what nothing tells of, tells what is missing, and leaves the rest', async () => {
    if (!s3) throw new Error('there is no S3');
    await using on = await S3App.start(s3, { env: { STORAGE_SWEEP_GRACE_SECONDS: '0.001' } });
    const { app, caller } = on;
    const admin = await app.make.user('ADMIN');
    const put = async (key: string): Promise<string> => {
      await app.services.storage.put(key, Readable.from([Buffer.from('left behind')]));
      return key;
    };
    const stored = await caller.recorded('call.mp3');
    const lost = await caller.recorded('call.amr');
    const [missing] = await keysBelow(app, below.recording(lost.recordingId));
    await app.services.storage.delete(missing ?? '');
    const loser = await put(`${below.recording(stored.recordingId)}${newId()}.mp3`);
    const unheardOf = await put(`${below.recording(newId())}${newId()}.mp3`);
    const open = await caller.open({ byteSize: 9 });
    const live = await put(`${below.upload(open.id)}0-${newId()}`);
    const stranger = await put('recordings/é stranger.mp3');
    const elsewhere = await put('backups/x');

    const done = await sweep(app, admin);
    expect(done).toMatchObject({ orphans: 2, collected: 2, missing: 1, repaired: 1, strangers: 1 });
    expect(await Promise.all([loser, unheardOf].map((key) => isThere(app, key)))).toEqual([false, false]);
    expect(await Promise.all([live, stranger, elsewhere].map((key) => isThere(app, key)))).toEqual([
      true,
      true,
      true,
    ]);
    expect(await keysBelow(app, below.recording(stored.recordingId))).toHaveLength(1);
    expect(await findingsOf(app, admin, done.id)).toContainEqual(
      expect.objectContaining({ kind: 'MISSING', action: 'MARKED_DAMAGED', recordingId: lost.recordingId }),
    );
  });

  it('ends what nobody goes on with, and no upload by parts that is open, however old', async () => {
    if (!s3) throw new Error('there is no S3');
    const bucket = await TestBucket.create(s3);
    const app = await TestApp.start({ storage: new Impatient(bucket.options()) });
    const admin = await app.make.user('ADMIN');
    const caller = await Caller.create(app);
    const { direct } = app.services.storage;
    const begin = async (key: string): Promise<string> => {
      await direct?.createMultipart(key, { contentType: 'audio/mpeg' });
      return key;
    };
    const { id } = await caller.open({ byteSize: 2 ** 24, strategy: 'MULTIPART' });
    await partTargets(caller, id, [1]);
    const [live] = await bucket.unfinished();
    await begin(`${below.upload(newId())}direct-${newId()}`);
    await begin(`${below.recording(newId())}${newId()}.mp3`);
    const another = await begin('other/k');
    expect(await sweep(app, admin, true)).toMatchObject({ temporary: 2 });
    expect(await bucket.unfinished()).toHaveLength(4);
    expect(await sweep(app, admin)).toMatchObject({ temporary: 2 });
    expect(await bucket.unfinished()).toEqual([another, live]);
    expect(await uploadedParts(caller, id)).toEqual([]);
    await direct?.abortMultipart(live ?? '', (await multipartIdOf(app, id)) ?? '');
    await app[Symbol.asyncDispose]();
    await bucket.remove();
  });
});

/** Finds everything old enough to be collected. */
class Impatient extends S3Storage {
  override collectTemporary(_olderThan: Date, options?: CollectOptions): Promise<number> {
    return super.collectTemporary(new Date(Date.now() + 60_000), options);
  }
}

async function multipartIdOf(app: TestApp, uploadId: string): Promise<string | undefined> {
  const [row] = await app.database.query<{ multipart_id: string }>(
    'select multipart_id from upload_sessions where id = $1',
    [uploadId],
  );
  return row?.multipart_id;
}
