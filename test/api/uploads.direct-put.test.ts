import { fixture, sha256 } from '../support/fixtures.js';
import { sendTo } from '../support/direct-steps.js';
import { send } from '../support/raw-request.js';
import { testS3 } from '../support/s3.js';
import { S3App } from '../support/s3-app.js';
import { below, collected, keysBelow } from '../support/upload-steps.js';

const s3 = testS3();

if (s3) {
  let running: S3App;
  let file: Buffer;
  beforeAll(async () => {
    running = await S3App.start(s3);
    file = await fixture('call.m4a');
  });
  afterAll(() => running[Symbol.asyncDispose]());

  const open = async (facts: { byteSize?: number; sha256?: string; contentType?: string } = {}) => {
    const { caller } = running;
    const upload = await caller.open({
      byteSize: file.length,
      contentType: 'audio/mp4',
      ...facts,
      strategy: 'AUTO',
    });
    const { request } = upload;
    if (!request) throw new Error('a PUT has a request');
    return { ...upload, request };
  };
  const ended = async (id: string) => {
    await running.caller.client.finalizeUpload({ uploadId: id });
    await running.app.ingested(id);
    return running.caller.client.upload(id);
  };

  it('goes to the store itself once, and is heard byte for byte', async () => {
    const { app, caller } = running;
    const { id, request, strategy } = await open({ sha256: sha256(file) });
    expect(strategy).toBe('PUT');
    expect(new URL(request.url).origin).toBe(s3.endpoint);
    expect(Date.parse(request.expiresAt) - Date.now()).toBeGreaterThan(3_500_000);
    const names = request.headers.map(({ name }) => name).sort();
    expect(names).toEqual(['content-type', 'if-none-match', 'x-amz-checksum-sha256']);
    expect((await sendTo(request, file)).status).toBe(200);
    expect((await sendTo(request, file)).status).toBe(412);
    const { recording, status } = await ended(id);
    expect(status).toBe('COMPLETED');
    const { url, ...stored } = await caller.client.recording(recording?.id ?? '');
    expect(stored).toMatchObject({ status: 'UPLOADED', sha256: sha256(file), codec: 'aac' });
    expect(Buffer.from(await (await fetch(url?.url ?? '')).arrayBuffer()).equals(file)).toBe(true);
    await collected(app, below.upload(id));
    expect(await caller.client.finalizeUpload({ uploadId: id })).toMatchObject({ status: 'COMPLETED' });
  });

  it('each upload has a key of its own below uploads/, and asked again is signed for the same one', async () => {
    const { caller } = running;
    const [one, two] = [await open(), await open()];
    const pathOf = ({ url }: { url: string }) => new URL(url).pathname;
    expect(pathOf(one.request)).not.toBe(pathOf(two.request));
    expect(pathOf(one.request)).toContain(`/${below.upload(one.id)}`);
    const again = (await caller.client.upload(one.id)).request;
    expect(again && pathOf(again)).toBe(pathOf(one.request));
    expect(await sendTo(again ?? one.request, file)).toMatchObject({ status: 200 });
  });

  it.each<[string, () => Uint8Array, Record<string, string>]>([
    ['fewer bytes', () => file.subarray(1), {}],
    ['more bytes', () => Buffer.concat([file, Buffer.alloc(1)]), {}],
    ['another type', () => file, { 'content-type': 'text/html' }],
    ['the right to overwrite', () => file, { 'if-none-match': 'x' }],
  ])('the store refuses %s, and the upload stays open', async (_name, body, headers) => {
    const { caller } = running;
    const { id, request } = await open();
    expect((await sendTo(request, body(), headers)).status).toBe(403);
    await expect(caller.client.finalizeUpload({ uploadId: id })).rejects.toMatchObject({
      code: 'UPLOAD_INCOMPLETE',
      expectedOffset: 0,
    });
    expect((await sendTo(request, file)).status).toBe(200);
    expect((await ended(id)).status).toBe('COMPLETED');
  });

  it.each<[string, string, (size: number) => Buffer, boolean]>([
    ['other bytes than the SHA-256 said', 'CHECKSUM_MISMATCH', () => Buffer.from(file).fill(7, 9000), true],
    ['a page', 'NOT_AUDIO', (size) => Buffer.from('<!doctype html>'.padEnd(size)), false],
  ])('%s ends %s, and leaves nothing', async (_name, code, body, hashed) => {
    const { app } = running;
    const { id, request } = await open(hashed ? { sha256: sha256(file) } : {});
    // Some servers store what has another checksum than was signed; others refuse it.
    const { status } = await sendTo(request, body(file.length));
    if (hashed && status !== 200) return expect(status).toBe(400);
    const { error, recording } = await ended(id);
    expect(error).toMatchObject({ code, retryable: false });
    await collected(app, below.upload(id));
    expect(await keysBelow(app, below.recording(recording?.id ?? ''))).toEqual([]);
  });

  it('is open only to the store: our own target knows it not', async () => {
    const { id, byteSize } = await open();
    const { url } = running.app.services.uploadLinks.request({ id, byteSize, contentType: null });
    expect((await send(url, file, { method: 'PUT' })).status).toBe(404);
  });
} else {
  it('a PUT to S3 is not tried: S3_TEST_ENDPOINT is not set', () => {
    console.info('Uploads to S3 itself were not tried: S3_TEST_ENDPOINT is not set');
    expect(s3).toBeUndefined();
  });
}
