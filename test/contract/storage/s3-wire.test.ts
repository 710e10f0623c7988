import { Readable } from 'node:stream';
import { S3Storage } from '../../../server/storage/s3-storage.js';
import type { S3Options } from '../../../server/storage/s3-options.js';
import { CaptureServer } from '../../support/capture-server.js';
import type { Captured } from '../../support/capture-server.js';

const MIB = 1024 * 1024;
const KMS = 'arn:aws:kms:eu-central-1:1:key/2';

function* zeros(total: number, onChunk: (bytes: number) => void = () => undefined): Generator<Buffer> {
  for (let sent = 0; sent < total; sent += 65_536) {
    onChunk(65_536);
    yield Buffer.alloc(Math.min(65_536, total - sent));
  }
}

describe('what S3Storage sends', () => {
  let server: CaptureServer;
  let storage: S3Storage;
  const open = (options: Partial<S3Options> = {}): S3Storage => {
    storage = new S3Storage({
      bucket: 'calls',
      endpoint: server.url,
      forcePathStyle: true,
      credentials: { accessKeyId: 'A', secretAccessKey: 'b' },
      ...options,
    });
    return storage;
  };
  const one = (matches: (request: Captured) => boolean): Captured => {
    const found = server.requests.filter(matches);
    expect(found).toHaveLength(1);
    return found[0] as Captured;
  };

  beforeEach(async () => {
    server = await CaptureServer.open();
  });
  afterEach(async () => {
    await storage[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  describe.each<[string, Partial<S3Options>, Record<string, string | undefined>]>([
    [
      'nothing special',
      {},
      {
        'x-amz-server-side-encryption': undefined,
        'x-amz-server-side-encryption-aws-kms-key-id': undefined,
        'x-amz-storage-class': undefined,
      },
    ],
    [
      'AES256 and a storage class',
      { encryption: { ServerSideEncryption: 'AES256' }, storageClass: 'STANDARD_IA' },
      { 'x-amz-server-side-encryption': 'AES256', 'x-amz-storage-class': 'STANDARD_IA' },
    ],
    [
      'a KMS key',
      { encryption: { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KMS } },
      { 'x-amz-server-side-encryption': 'aws:kms', 'x-amz-server-side-encryption-aws-kms-key-id': KMS },
    ],
  ])('with %s', (_name, options, expected) => {
    const expectWriting = (headers: Record<string, unknown>): void => {
      for (const [name, value] of Object.entries(expected))
        expect([name, headers[name]]).toEqual([name, value]);
    };

    it('by a put', async () => {
      await open(options).put('k', Readable.from(['bytes']), { contentType: 'audio/mpeg' });
      const { headers, md5, sha256 } = one(({ method }) => method === 'PUT');
      expectWriting(headers);
      expect(headers).toMatchObject({
        'content-length': '5',
        'content-type': 'audio/mpeg',
        'content-md5': md5,
        'if-none-match': '*',
        'x-amz-content-sha256': sha256,
      });
      expect(
        Object.keys(headers).filter((name) => /checksum|trailer|expect|transfer-encoding/.test(name)),
      ).toEqual([]);
    });

    it('by a put in parts', async () => {
      await open(options).put('k', Readable.from(zeros(20 * MIB)), { contentType: 'audio/mpeg' });
      const begun = one(({ method, query }) => method === 'POST' && query.has('uploads'));
      expectWriting(begun.headers);
      expect(begun.headers['content-type']).toBe('audio/mpeg');
      const parts = server.requests.filter(({ query }) => query.has('partNumber'));
      expect(parts.map(({ byteSize }) => byteSize)).toEqual([8 * MIB, 8 * MIB, 4 * MIB]);
      for (const { headers, md5, sha256, byteSize } of parts) {
        expect(headers).toMatchObject({
          'content-length': String(byteSize),
          'content-md5': md5,
          'x-amz-content-sha256': sha256,
        });
        expect(
          Object.keys(headers).filter((name) =>
            /encryption|storage-class|checksum|trailer|expect/.test(name),
          ),
        ).toEqual([]);
      }
      const done = one(({ method, query }) => method === 'POST' && query.has('uploadId'));
      expect(done.headers['if-none-match']).toBe('*');
      expect(done.text.match(/<PartNumber>\d+/g)).toEqual([
        '<PartNumber>1',
        '<PartNumber>2',
        '<PartNumber>3',
      ]);
    });

    it('by a copy', async () => {
      await open(options).copy('from', 'to/é');
      const { headers, path } = one(({ method }) => method === 'PUT');
      expectWriting(headers);
      expect(path).toBe('/calls/to/%C3%A9');
      expect(headers).toMatchObject({ 'if-none-match': '*', 'x-amz-copy-source': 'calls/from' });
    });

    it('by a copy in parts', async () => {
      await open({ ...options, limits: { copyPartBytes: 8 * MIB } }).copy('from', 'to');
      expectWriting(one(({ method, query }) => method === 'POST' && query.has('uploads')).headers);
      const parts = server.requests.filter(({ query }) => query.has('partNumber'));
      expect(parts.map(({ headers }) => headers['x-amz-copy-source-range'])).toEqual([
        `bytes=0-${8 * MIB - 1}`,
        `bytes=${8 * MIB}-${16 * MIB - 1}`,
        `bytes=${16 * MIB}-${20 * MIB - 1}`,
      ]);
      expect(
        one(({ method, query }) => method === 'POST' && query.has('uploadId')).headers['if-none-match'],
      ).toBe('*');
    });

    it("by a client's signed PUT, and by an upload in parts for it", async () => {
      const { direct } = open(options);
      const { headers } = await direct.signPut('k', {
        byteSize: 1,
        contentType: 'audio/mpeg',
        expiresInSeconds: 60,
      });
      expectWriting(headers);
      await direct.createMultipart('k', { contentType: 'audio/mpeg' });
      expectWriting(one(({ method }) => method === 'POST').headers);
    });

    it('by the check', async () => {
      await expect(open(options).check()).rejects.toThrow(/other bytes/);
      expectWriting(one(({ method }) => method === 'PUT').headers);
      expect(one(({ method }) => method === 'DELETE').path).toMatch(/^\/calls\/\.earshot-check\//);
    });
  });

  it('never reads further ahead of the store than one part', async () => {
    let given = 0;
    let ahead = 0;
    const source = zeros(80 * MIB, (bytes) => {
      given += bytes;
      ahead = Math.max(ahead, given - server.received);
    });
    await open().put('k', Readable.from(source));
    expect(server.received).toBeGreaterThanOrEqual(80 * MIB);
    // One part, and what Readable.from holds ready.
    expect(ahead).toBeLessThanOrEqual(8 * MIB + 20 * 65_536);
  });
});
