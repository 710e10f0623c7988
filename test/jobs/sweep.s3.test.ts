import { Readable } from 'node:stream';
import { newId } from '../../server/entity.js';
import { testS3 } from '../support/s3.js';
import { S3App } from '../support/s3-app.js';
import { findingsOf, isThere, sweep } from '../support/sweep-steps.js';
import { below, keysBelow } from '../support/upload-steps.js';

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
});
