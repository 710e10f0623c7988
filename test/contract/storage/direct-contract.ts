import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { request } from 'undici';
import { PartsRefused, UploadMissing } from '../../../server/storage/direct-transfer.js';
import type { DirectTransfer, SignedRequest, UploadedPart } from '../../../server/storage/direct-transfer.js';
import { ObjectExists } from '../../../server/storage/storage.js';
import type { Storage } from '../../../server/storage/storage.js';
import type { OpenedStorage } from './stored-samples.js';

const MIB = 1024 * 1024;
const KEY = `a b/+%'é"&=/k.mp3`;

/** Sends a signed request as a client would; `change` is how it lies. */
async function send(
  signed: SignedRequest,
  body?: Buffer,
  change: {
    method?: 'GET' | 'PUT' | 'HEAD';
    url?: string;
    headers?: Record<string, string | undefined>;
  } = {},
): Promise<{ status: number; headers: Record<string, unknown>; bytes: Buffer }> {
  const given = Object.entries({ ...signed.headers, ...change.headers });
  const headers = Object.fromEntries(
    given.filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const answer = await request(change.url ?? signed.url, {
    method: change.method ?? signed.method,
    headers,
    ...(body && { body }),
  });
  return {
    status: answer.statusCode,
    headers: answer.headers,
    bytes: Buffer.from(await answer.body.arrayBuffer()),
  };
}

async function all(listed: AsyncIterable<UploadedPart>): Promise<UploadedPart[]> {
  const parts: UploadedPart[] = [];
  for await (const part of listed) parts.push(part);
  return parts;
}

/** What every store that clients may talk to directly must do. Each test has a store of its own that is empty at first. */
export function directTransferContract(store: string, open: () => Promise<OpenedStorage>): void {
  describe(`direct transfer contract: ${store}`, () => {
    let opened: OpenedStorage;
    let storage: Storage;
    let direct: DirectTransfer;
    const bytes = Buffer.from('some recorded bytes');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const put = { byteSize: bytes.length, contentType: 'audio/mpeg', sha256, expiresInSeconds: 60 };

    beforeEach(async () => {
      opened = await open();
      storage = opened.storage;
      if (!storage.direct) throw new Error('it has no direct transfer');
      direct = storage.direct;
    });
    afterEach(() => opened.dispose());

    describe('a signed PUT', () => {
      it('stores what was signed, and nothing over it', async () => {
        const signed = await direct.signPut(KEY, put);
        expect(signed.method).toBe('PUT');
        expect((await send(signed, bytes)).status).toBe(200);
        expect((await buffer(await storage.get(KEY))).equals(bytes)).toBe(true);
        expect((await send(signed, bytes)).status).toBe(412);
        const other = await direct.signPut(KEY, { ...put, sha256: undefined });
        expect((await send(other, Buffer.alloc(bytes.length))).status).toBe(412);
        expect((await buffer(await storage.get(KEY))).equals(bytes)).toBe(true);
      });

      it('stores an empty object, and 20 MiB', async () => {
        for (const byteSize of [0, 20 * MIB]) {
          const key = `k${byteSize}`;
          const signed = await direct.signPut(key, {
            byteSize,
            contentType: 'audio/wav',
            expiresInSeconds: 60,
          });
          expect((await send(signed, Buffer.alloc(byteSize, 7))).status).toBe(200);
          expect(await storage.head(key)).toMatchObject({ byteSize });
        }
      });

      it.each<[string, Buffer, Parameters<typeof send>[2]]>([
        ['more bytes', Buffer.concat([bytes, bytes]), {}],
        ['fewer bytes', bytes.subarray(1), {}],
        ['another type', bytes, { headers: { 'content-type': 'text/html' } }],
        ['no type', bytes, { headers: { 'content-type': undefined } }],
        ['leave to overwrite', bytes, { headers: { 'if-none-match': undefined } }],
        [
          'another hash',
          bytes,
          { headers: { 'x-amz-checksum-sha256': Buffer.alloc(32).toString('base64') } },
        ],
        ['no hash', bytes, { headers: { 'x-amz-checksum-sha256': undefined } }],
        ['another method', bytes, { method: 'GET' }],
      ])('is refused with %s', async (_name, body, change) => {
        const signed = await direct.signPut(KEY, put);
        expect((await send(signed, change?.method ? undefined : body, change)).status).toBe(403);
        expect(await storage.head(KEY)).toBeUndefined();
      });

      it.each<[string, (url: string) => string]>([
        ['another key', (url) => url.replace('k.mp3', 'l.mp3')],
        ['a longer life', (url) => url.replace('X-Amz-Expires=60', 'X-Amz-Expires=6000')],
        [
          'another signature',
          (url) =>
            url.replace(
              /(X-Amz-Signature=)(.)/,
              (_, name: string, c: string) => name + (c === '0' ? '1' : '0'),
            ),
        ],
      ])('is refused with %s', async (_name, change) => {
        const signed = await direct.signPut(KEY, put);
        expect(change(signed.url)).not.toBe(signed.url);
        expect((await send(signed, bytes, { url: change(signed.url) })).status).toBe(403);
      });
    });

    describe('a signed GET', () => {
      const contentDisposition = `attachment; filename="a 'b'.mp3"; filename*=UTF-8''%C3%A9.mp3`;
      const ask = { contentType: 'audio/mpeg', contentDisposition, expiresInSeconds: 60 };

      it('gives the object, and says of it what it was told', async () => {
        await storage.put(KEY, Readable.from([bytes]), { contentType: 'text/plain' });
        const signed = await direct.signGet(KEY, ask);
        const answer = await send(signed);
        expect(answer.bytes.equals(bytes)).toBe(true);
        expect(answer.headers).toMatchObject({
          'content-type': 'audio/mpeg',
          'content-disposition': contentDisposition,
          'content-length': String(bytes.length),
        });
        expect(signed.expiresAt.getTime()).toBeGreaterThanOrEqual(Date.now() + 59_000);
      });

      it('gives ranges', async () => {
        await storage.put(KEY, Readable.from([bytes]));
        const answer = await send(await direct.signGet(KEY, ask), undefined, {
          headers: { range: 'bytes=5-9' },
        });
        expect(answer).toMatchObject({ status: 206, bytes: bytes.subarray(5, 10) });
        expect(answer.headers['content-range']).toBe(`bytes 5-9/${bytes.length}`);
      });

      it('is no leave for anything else', async () => {
        await storage.put(KEY, Readable.from([bytes]));
        const signed = await direct.signGet(KEY, ask);
        expect((await send(signed, bytes, { method: 'PUT' })).status).toBe(403);
        expect(
          (await send(signed, undefined, { url: signed.url.replace('audio%2Fmpeg', 'text%2Fhtml') })).status,
        ).toBe(403);
        expect((await send(await direct.signGet('missing', ask))).status).toBe(404);
      });
    });

    describe('multipart', () => {
      const first = randomBytes(5 * MIB);
      const last = randomBytes(1000);
      const sign = (uploadId: string, number: number, byteSize: number): Promise<SignedRequest> =>
        direct.signParts(KEY, uploadId, [{ number, byteSize }], 60).then(([part]) => part as SignedRequest);
      async function upload(uploadId: string): Promise<UploadedPart[]> {
        for (const [index, part] of [first, last].entries()) {
          expect((await send(await sign(uploadId, index + 1, part.length), part)).status).toBe(200);
        }
        return await all(direct.listParts(KEY, uploadId));
      }

      it('makes an object of its parts, and again when asked again', async () => {
        const uploadId = await direct.createMultipart(KEY, { contentType: 'audio/mpeg' });
        const parts = await upload(uploadId);
        expect(parts.map(({ number, byteSize }) => [number, byteSize])).toEqual([
          [1, first.length],
          [2, last.length],
        ]);
        expect(await storage.head(KEY)).toBeUndefined();
        const made = await direct.completeMultipart(KEY, uploadId, parts.toReversed());
        expect(made).toMatchObject({ key: KEY, byteSize: first.length + last.length });
        expect(await direct.completeMultipart(KEY, uploadId, parts)).toEqual(made);
        expect((await buffer(await storage.get(KEY))).equals(Buffer.concat([first, last]))).toBe(true);
        await direct.abortMultipart(KEY, uploadId);
        expect(await storage.head(KEY)).toEqual({
          key: KEY,
          byteSize: made.byteSize,
          modifiedAt: made.modifiedAt,
        });
      });

      it('says what is wrong with parts that are too small, missing or replaced', async () => {
        const uploadId = await direct.createMultipart(KEY, { contentType: 'audio/mpeg' });
        const parts = await upload(uploadId);
        const [one, two] = parts as [UploadedPart, UploadedPart];
        const never = { number: 3, etag: `"${'0'.repeat(32)}"`, byteSize: 5 };
        for (const wrong of [[one, two, never], [{ ...one, etag: two.etag }, two], []]) {
          await expect(direct.completeMultipart(KEY, uploadId, wrong)).rejects.toBeInstanceOf(PartsRefused);
        }
        await send(await sign(uploadId, 1, last.length), last);
        const small = await all(direct.listParts(KEY, uploadId));
        await expect(direct.completeMultipart(KEY, uploadId, small)).rejects.toBeInstanceOf(PartsRefused);
        expect(await storage.head(KEY)).toBeUndefined();
        await direct.abortMultipart(KEY, uploadId);
      });

      it('lists more parts than one answer holds', async () => {
        const uploadId = await direct.createMultipart(KEY, { contentType: 'audio/mpeg' });
        const numbers = Array.from({ length: 1003 }, (_, index) => index * 2 + 1);
        for (let start = 0; start < numbers.length; start += 100) {
          const batch = numbers.slice(start, start + 100).map((number) => ({ number, byteSize: 3 }));
          const signed = await direct.signParts(KEY, uploadId, batch, 60);
          const statuses = await Promise.all(
            signed.map(async (part) => (await send(part, Buffer.from('abc'))).status),
          );
          expect(new Set(statuses)).toEqual(new Set([200]));
        }
        const listed = await all(direct.listParts(KEY, uploadId));
        expect(listed.map(({ number }) => number)).toEqual(numbers);
        expect(new Set(listed.map(({ byteSize }) => byteSize))).toEqual(new Set([3]));
        await direct.abortMultipart(KEY, uploadId);
      });

      it('signs a part for its length, number and upload only', async () => {
        const uploadId = await direct.createMultipart(KEY, { contentType: 'audio/mpeg' });
        const signed = await sign(uploadId, 1, 5);
        expect((await send(signed, Buffer.from('123456'))).status).toBe(403);
        expect(
          (
            await send(signed, Buffer.from('12345'), {
              url: signed.url.replace('partNumber=1', 'partNumber=2'),
            })
          ).status,
        ).toBe(403);
        expect(await all(direct.listParts(KEY, uploadId))).toEqual([]);
        await direct.abortMultipart(KEY, uploadId);
      });

      it('is UploadMissing once aborted, and aborts twice', async () => {
        const uploadId = await direct.createMultipart(KEY, { contentType: 'audio/mpeg' });
        const parts = await upload(uploadId);
        const signed = await sign(uploadId, 3, 3);
        await direct.abortMultipart(KEY, uploadId);
        await direct.abortMultipart(KEY, uploadId);
        await expect(all(direct.listParts(KEY, uploadId))).rejects.toBeInstanceOf(UploadMissing);
        await expect(direct.completeMultipart(KEY, uploadId, parts)).rejects.toBeInstanceOf(UploadMissing);
        expect((await send(signed, Buffer.from('abc'))).status).toBe(404);
        expect(await storage.head(KEY)).toBeUndefined();
      });

      it('never takes the place of an object, even of one as long', async () => {
        const uploadId = await direct.createMultipart(KEY, { contentType: 'audio/mpeg' });
        const parts = await upload(uploadId);
        await storage.put(KEY, Readable.from([last, first]));
        await expect(direct.completeMultipart(KEY, uploadId, parts)).rejects.toBeInstanceOf(ObjectExists);
        expect((await buffer(await storage.get(KEY))).equals(Buffer.concat([last, first]))).toBe(true);
        await direct.abortMultipart(KEY, uploadId);
      });

      it('tells its own object from another upload of as many bytes', async () => {
        const uploadId = await direct.createMultipart(KEY, { contentType: 'audio/mpeg' });
        const parts = await upload(uploadId);
        await direct.completeMultipart(KEY, uploadId, parts);
        const others = parts.map(({ number, byteSize }) => ({
          number,
          byteSize,
          etag: `"${'1'.repeat(32)}"`,
        }));
        await expect(direct.completeMultipart(KEY, uploadId, others)).rejects.toBeInstanceOf(ObjectExists);
      });
    });
  });
}
