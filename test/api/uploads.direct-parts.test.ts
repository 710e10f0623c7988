import { AbortMultipartUploadCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { partTargets, sendParts, sendTo, uploadedParts, type SentPart } from '../support/direct-steps.js';
import { eventually } from '../support/eventually.js';
import { testS3 } from '../support/s3.js';
import { S3App } from '../support/s3-app.js';
import { seededWav, type SeededWav } from '../support/seeded-wav.js';
import { heardHash } from '../support/server-steps.js';
import { below, collected } from '../support/upload-steps.js';

const MIB = 1024 * 1024;
const s3 = testS3();

if (s3) {
  let running: S3App;
  let wav: SeededWav;
  beforeAll(async () => {
    running = await S3App.start(s3);
    wav = await seededWav('by parts', 18 * MIB + 3);
  });
  afterAll(() => running[Symbol.asyncDispose]());

  const open = () => running.caller.open({ byteSize: wav.byteSize, strategy: 'AUTO' });
  const send = (id: string, ...numbers: number[]) => sendParts(running.caller, id, wav, numbers);
  const finalize = (uploadId: string, parts?: SentPart[]) =>
    running.caller.client.finalizeUpload(parts ? { uploadId, parts } : { uploadId });
  const expectStored = async (id: string) => {
    await running.app.ingested(id);
    const { status, recording } = await running.caller.client.upload(id);
    expect(status).toBe('COMPLETED');
    expect(await heardHash(running.caller.client, recording?.id ?? '')).toBe(`200 ${wav.sha256}`);
    await collected(running.app, below.upload(id));
  };
  /** The uploads by parts that the store has below this upload. */
  const begun = async (id: string) => {
    const { client, name } = running.bucket;
    const { Uploads = [] } = await client.send(
      new ListMultipartUploadsCommand({ Bucket: name, Prefix: below.upload(id) }),
    );
    return Uploads;
  };

  it('AUTO sends large files in parts, which go on where the store is, and are heard byte for byte', async () => {
    const { id, strategy, chunkSize, request } = await open();
    expect({ strategy, chunkSize, request }).toEqual({
      strategy: 'MULTIPART',
      chunkSize: 8 * MIB,
      request: null,
    });
    expect(await uploadedParts(running.caller, id)).toEqual([]);
    const [first, third] = await send(id, 1, 3);
    expect(await uploadedParts(running.caller, id)).toEqual([
      { ...first, byteSize: 8 * MIB },
      { ...third, byteSize: 2 * MIB + 3 },
    ]);
    await expect(finalize(id)).rejects.toMatchObject({
      code: 'UPLOAD_INCOMPLETE',
      expectedOffset: 8 * MIB,
      message: expect.stringContaining('Part 2 of 3 is not in the store'),
    });
    await send(id, 2);
    await finalize(id);
    await expectStored(id);
    expect(await finalize(id)).toMatchObject({ status: 'COMPLETED' });
    expect(await uploadedParts(running.caller, id)).toEqual([]);
  });

  it.each<[string, (parts: SentPart[]) => SentPart[]]>([
    ['a part that has another ETag', ([a, b, c]) => [a, { ...b, etag: '"0"' }, c] as SentPart[]],
    ['a part that was never sent', (parts) => [...parts, { number: 4, etag: '"0"' }]],
    ['a part twice', ([a, b]) => [a, b, b] as SentPart[]],
    ['too few parts', ([a, b]) => [a, b] as SentPart[]],
    ['no parts', () => []],
    ['a part before the first', ([, b, c]) => [{ number: 0, etag: '"0"' }, b, c] as SentPart[]],
  ])('who names %s is told, and may finalize again', async (_name, claim) => {
    const { id } = await open();
    const sent = await send(id, 1, 2, 3);
    await expect(finalize(id, claim(sent))).rejects.toMatchObject({ code: 'BAD_USER_INPUT', field: 'parts' });
    expect(await running.caller.client.upload(id)).toMatchObject({ status: 'OPEN' });
    const unquoted = sent.map(({ number, etag }) => ({ number, etag: etag.replaceAll('"', '') }));
    await finalize(id, unquoted.toReversed());
    await expectStored(id);
  });

  it('a part that is sent again replaces the other, and only the last one counts', async () => {
    const { id } = await open();
    const [target] = await partTargets(running.caller, id, [2]);
    if (!target) throw new Error('there is a part 2');
    expect((await sendTo(target, Buffer.alloc(8 * MIB))).status).toBe(200);
    await send(id, 1, 2, 3);
    await finalize(id);
    await expectStored(id);
  });

  it.each([
    ['too short', 8 * MIB - 1],
    ['too small for the store', 64 * 1024],
    ['too long', 8 * MIB + 1],
  ])('a part that is %s is refused by the store', async (_name, size) => {
    const { id } = await open();
    const [target] = await partTargets(running.caller, id, [1]);
    if (!target) throw new Error('there is a part 1');
    expect((await sendTo(target, Buffer.alloc(size))).status).toBe(403);
    await expect(finalize(id)).rejects.toMatchObject({ code: 'UPLOAD_INCOMPLETE', expectedOffset: 0 });
  });

  it.each<[string, number[]]>([
    ['0', [0]],
    ['behind the last', [1, 4]],
    ['more than 100 of them', Array<number>(101).fill(1)],
  ])('parts with numbers %s are not signed, and nothing is begun', async (_name, numbers) => {
    const { id } = await open();
    const asked = partTargets(running.caller, id, numbers);
    await expect(asked).rejects.toMatchObject({ code: 'BAD_USER_INPUT', field: 'numbers' });
    expect(await begun(id)).toEqual([]);
  });

  it('whoever asks first begins it, once', async () => {
    const { id } = await open();
    const asked = await Promise.all([1, 2, 3, 1, 2, 3].map((n) => partTargets(running.caller, id, [n])));
    const keys = new Set(asked.flat().map(({ url }) => new URL(url).searchParams.get('uploadId')));
    expect(keys.size).toBe(1);
    expect(await begun(id)).toHaveLength(1);
  });

  it('finalized by several at once, it is stored once', async () => {
    const { id } = await open();
    const sent = await send(id, 1, 2, 3);
    const answers = await Promise.all([finalize(id), finalize(id, sent), finalize(id)]);
    for (const { status } of answers) expect(['FINALIZING', 'COMPLETED']).toContain(status);
    await expectStored(id);
  });

  it('begins anew when the store has given the parts up', async () => {
    const { id } = await open();
    await send(id, 1, 2, 3);
    for (const { Key, UploadId } of await begun(id))
      await running.bucket.client.send(
        new AbortMultipartUploadCommand({ Bucket: running.bucket.name, Key, UploadId }),
      );
    expect(await uploadedParts(running.caller, id)).toEqual([]);
    await expect(finalize(id)).rejects.toMatchObject({ code: 'UPLOAD_INCOMPLETE', expectedOffset: 0 });
    await send(id, 1, 2, 3);
    await finalize(id);
    await expectStored(id);
  });

  it.each<[string, (id: string) => Promise<unknown>, string]>([
    ['cancelled', (id) => running.caller.client.cancelUpload({ uploadId: id }), 'CONFLICT'],
    [
      'expired',
      (id) => running.app.database.query('update upload_sessions set expires_at = now() where id = $1', [id]),
      'EXPIRED',
    ],
  ])('one that is %s leaves nothing in the store, and takes no more', async (_name, end, code) => {
    const { id } = await open();
    await send(id, 1, 2);
    expect(await begun(id)).toHaveLength(1);
    await end(id);
    await eventually(async () => (await begun(id)).length === 0);
    await expect(finalize(id)).rejects.toMatchObject({ code });
    await expect(partTargets(running.caller, id, [1])).rejects.toMatchObject({ code });
  });

  it('takes no chunks', async () => {
    const { id } = await open();
    const chunk = await wav.read(0, 10);
    await expect(running.caller.client.appendChunk({ uploadId: id, offset: 0, chunk })).rejects.toMatchObject(
      { code: 'BAD_USER_INPUT', field: 'uploadId' },
    );
  });

  it('stays open while somebody asks where to send its parts', async () => {
    const { id } = await open();
    const soon = `update upload_sessions set expires_at = now() + interval '1 minute' where id = $1`;
    await running.app.database.query(soon, [id]);
    await partTargets(running.caller, id, [1]);
    const { expiresAt } = await running.caller.client.upload(id);
    expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(23 * 3_600_000);
  });
} else {
  it('MULTIPART is not tried: S3_TEST_ENDPOINT is not set', () => {
    console.info('Uploads by parts were not tried: S3_TEST_ENDPOINT is not set');
    expect(s3).toBeUndefined();
  });
}
