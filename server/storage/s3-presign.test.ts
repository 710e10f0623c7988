import { GetObjectCommand, PutObjectCommand, S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { S3Direct } from './s3-direct.js';
import { S3Bucket } from './s3-bucket.js';
import type { S3Options } from './s3-options.js';

const KEYS = [
  'recordings/ab/0190/1.mp3',
  'with space/a b.mp3',
  'plus+plus/a+b',
  '100%/%2e%2e%2f/%00',
  `quotes/"double"'single'\`back\``,
  'query?x=1&y=2#z',
  'semi;colon,comma:colon=eq@at',
  '$(touch x)/`id`/{}|<>*!^~[]()',
  'zażółć/गीत.mp3',
  '日本語/😀',
  'dots/..a/...b/c..d_-.~',
];
const AT = [
  new Date('2026-01-02T03:04:05.678Z'),
  new Date('2026-12-31T23:59:59.999Z'),
  new Date('2027-01-01T00:00:00Z'),
];
const SHA256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

const STATIC = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'se/cr+et=' };
const SESSION = { ...STATIC, sessionToken: 'IQoJb3JpZ2luX2VjE+/=%20 token"' };

const SETUPS: [string, Partial<S3Options>][] = [
  ['path style, port', { endpoint: 'http://127.0.0.1:7480', forcePathStyle: true, credentials: STATIC }],
  [
    'path style, session token',
    { endpoint: 'https://s3.example.com', forcePathStyle: true, credentials: SESSION },
  ],
  [
    'path style, base path',
    { endpoint: 'https://example.com/s3', forcePathStyle: true, credentials: STATIC },
  ],
  ['virtual host', { endpoint: 'https://s3.example.com:9443', credentials: STATIC, region: 'auto' }],
  ["Amazon's own", { region: 'ap-south-1', credentials: SESSION }],
  ["Amazon's own, path style", { region: 'us-east-1', forcePathStyle: true, credentials: STATIC }],
];
const WRITING: [string, Partial<S3Options>, object][] = [
  ['plain', {}, {}],
  ['AES256', { encryption: { ServerSideEncryption: 'AES256' } }, { ServerSideEncryption: 'AES256' }],
  [
    'KMS and a storage class',
    {
      encryption: { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'arn:aws:kms:x:1:key/2' },
      storageClass: 'STANDARD_IA',
    },
    { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'arn:aws:kms:x:1:key/2', StorageClass: 'STANDARD_IA' },
  ],
];

/** Our signer, and the SDK's own with the same configuration. */
function open(options: Partial<S3Options>, at: Date) {
  const bucket = new S3Bucket({ bucket: 'calls', ...options });
  const config: S3ClientConfig = {
    ...(options.endpoint !== undefined && { endpoint: options.endpoint }),
    region: options.region ?? 'us-east-1',
    forcePathStyle: options.forcePathStyle ?? false,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(options.credentials && { credentials: options.credentials }),
  };
  return { direct: new S3Direct(bucket, () => at.getTime()), sdk: new S3Client(config) };
}

describe.each(SETUPS)('signed URLs equal those of the SDK: %s', (_name, setup) => {
  it.each(WRITING)('PUT, %s', async (_writing, writing, input) => {
    for (const at of AT) {
      const { direct, sdk } = open({ ...setup, ...writing }, at);
      for (const Key of KEYS) {
        for (const sha256 of [undefined, SHA256]) {
          const ours = await direct.signPut(Key, {
            byteSize: 12345,
            contentType: 'audio/mpeg; a="b  c"',
            sha256,
            expiresInSeconds: 900,
          });
          const command = new PutObjectCommand({
            Bucket: 'calls',
            Key,
            ContentLength: 12345,
            ContentType: 'audio/mpeg; a="b  c"',
            IfNoneMatch: '*',
            ...(sha256 && { ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64') }),
            ...input,
          });
          const theirs = await getSignedUrl(sdk, command, {
            expiresIn: 900,
            signingDate: at,
            unhoistableHeaders: new Set(['x-amz-checksum-sha256', 'x-amz-storage-class']),
            signableHeaders: new Set(['content-type', 'if-none-match']),
          });
          expect(ours.url).toBe(theirs);
          expect(Object.keys(ours.headers).every((name) => theirs.includes(name))).toBe(true);
          expect(ours.expiresAt.toISOString()).toBe(
            new Date(Math.floor(at.getTime() / 1000) * 1000 + 900_000).toISOString(),
          );
        }
      }
    }
  });

  it('GET', async () => {
    for (const at of AT) {
      const { direct, sdk } = open(setup, at);
      const window = Math.floor(at.getTime() / 300_000) * 300_000;
      for (const Key of KEYS) {
        for (const [contentType, contentDisposition] of [
          [undefined, undefined],
          ['audio/mpeg', undefined],
          [undefined, 'inline'],
          [
            'audio/mp4; codecs="mp4a.40.2"',
            `attachment; filename="a 'b' (1)*!.m4a"; filename*=UTF-8''%C3%A9.m4a`,
          ],
        ]) {
          const ours = await direct.signGet(Key, { contentType, contentDisposition, expiresInSeconds: 900 });
          const command = new GetObjectCommand({
            Bucket: 'calls',
            Key,
            ...(contentType && { ResponseContentType: contentType }),
            ...(contentDisposition && { ResponseContentDisposition: contentDisposition }),
          });
          expect(ours.url).toBe(
            await getSignedUrl(sdk, command, { expiresIn: 1200, signingDate: new Date(window) }),
          );
          expect(ours).toMatchObject({ method: 'GET', headers: {}, expiresAt: new Date(window + 1_200_000) });
        }
      }
    }
  });

  it('UploadPart', async () => {
    const [at = new Date()] = AT;
    const { direct, sdk } = open(setup, at);
    const parts = [1, 2, 99, 10_000].map((number) => ({ number, byteSize: 8_388_608 + number }));
    for (const Key of KEYS) {
      for (const UploadId of ['2~aB-_c.d/e+f=', 'VXBsb2FkIElE']) {
        const ours = await direct.signParts(Key, UploadId, parts, 604_800);
        expect(ours.map(({ number }) => number)).toEqual([1, 2, 99, 10_000]);
        for (const [index, { number, byteSize }] of parts.entries()) {
          const command = new UploadPartCommand({
            Bucket: 'calls',
            Key,
            UploadId,
            PartNumber: number,
            ContentLength: byteSize,
          });
          expect(ours[index]?.url).toBe(
            await getSignedUrl(sdk, command, { expiresIn: 604_800, signingDate: at }),
          );
        }
      }
    }
  });
});

describe('S3Direct', () => {
  const setup = { endpoint: 'http://127.0.0.1:7480', forcePathStyle: true, credentials: STATIC };
  const put = { byteSize: 1, contentType: 'audio/mpeg', expiresInSeconds: 60 };

  it('says which headers a PUT must carry, without the length', async () => {
    const [, , [, kms = {}] = ['', {}, {}]] = WRITING;
    const { direct } = open({ ...setup, ...kms }, new Date());
    expect((await direct.signPut('k', { ...put, sha256: SHA256 })).headers).toEqual({
      'content-type': 'audio/mpeg',
      'if-none-match': '*',
      'x-amz-checksum-sha256': Buffer.from(SHA256, 'hex').toString('base64'),
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'arn:aws:kms:x:1:key/2',
      'x-amz-storage-class': 'STANDARD_IA',
    });
  });

  it.each(['a\r\nX-Evil: 1', 'a\nb', 'a\rb', 'a\0b', 'é', '', '\u2028'])(
    'refuses %j in a header',
    async (text) => {
      const { direct } = open(setup, new Date());
      await expect(direct.signGet('k', { contentDisposition: text, expiresInSeconds: 60 })).rejects.toThrow(
        /printable/,
      );
      await expect(direct.signGet('k', { contentType: text, expiresInSeconds: 60 })).rejects.toThrow(
        /printable/,
      );
      await expect(direct.signPut('k', { ...put, contentType: text })).rejects.toThrow(/printable/);
      await expect(direct.createMultipart('k', { contentType: text })).rejects.toThrow(/printable/);
    },
  );

  it.each([0, -1, 1.5, Number.NaN, 604_801])('refuses a life of %p seconds', async (expiresInSeconds) => {
    const { direct } = open(setup, new Date());
    await expect(direct.signPut('k', { ...put, expiresInSeconds })).rejects.toThrow(RangeError);
  });

  it.each([-1, 1.5, Number.NaN, 2 ** 53])('refuses a length of %p', async (byteSize) => {
    const { direct } = open(setup, new Date());
    await expect(direct.signPut('k', { ...put, byteSize })).rejects.toThrow(RangeError);
    await expect(direct.signParts('k', 'id', [{ number: 1, byteSize }], 60)).rejects.toThrow(RangeError);
  });

  it.each(['', 'ABC', SHA256.toUpperCase(), SHA256.slice(1)])('refuses the SHA-256 %j', async (sha256) => {
    const { direct } = open(setup, new Date());
    await expect(direct.signPut('k', { ...put, sha256 })).rejects.toThrow(/64/);
  });

  it.each([0, 10_001, 1.5])('refuses part number %p, and more than a hundred at a time', async (number) => {
    const { direct } = open(setup, new Date());
    await expect(direct.signParts('k', 'id', [{ number, byteSize: 1 }], 60)).rejects.toThrow(RangeError);
    const many = Array.from({ length: 101 }, (_, index) => ({ number: index + 1, byteSize: 1 }));
    await expect(direct.signParts('k', 'id', many, 60)).rejects.toThrow(/100/);
    expect(await direct.signParts('k', 'id', many.slice(1), 60)).toHaveLength(100);
  });

  it('refuses a key that a store must never see', async () => {
    const { direct } = open(setup, new Date());
    await expect(direct.signPut('../k', put)).rejects.toThrow(/storage key/);
    await expect(direct.signGet('/k', { expiresInSeconds: 60 })).rejects.toThrow(/storage key/);
    await expect(direct.signParts('a//b', 'id', [], 60)).rejects.toThrow(/storage key/);
    await expect(direct.createMultipart('', { contentType: 'audio/mpeg' })).rejects.toThrow(/storage key/);
  });

  it('gives the same link for the same question within a window, and another after it', async () => {
    let now = Date.parse('2026-01-02T03:04:59.999Z');
    const direct = new S3Direct(new S3Bucket({ bucket: 'calls', ...setup }), () => now);
    const ask = { contentType: 'audio/mpeg', expiresInSeconds: 900 };
    const first = await direct.signGet('k', ask);
    now -= 299_000;
    expect((await direct.signGet('k', ask)).url).toBe(first.url);
    expect((await direct.signGet('k', { ...ask, expiresInSeconds: 901 })).url).not.toBe(first.url);
    expect((await direct.signGet('k', { expiresInSeconds: 900 })).url).not.toBe(first.url);
    expect((await direct.signGet('k2', ask)).url).not.toBe(first.url);
    now += 299_001;
    const next = await direct.signGet('k', ask);
    expect(next.url).not.toBe(first.url);
    expect(next.expiresAt.getTime() - first.expiresAt.getTime()).toBe(300_000);
  });

  it('signs with new credentials at once, and promises nothing past their end', async () => {
    const expiration = new Date(Date.now() + 3_600_000);
    let secretAccessKey = 'one';
    const credentials = () =>
      Promise.resolve({ accessKeyId: 'A', secretAccessKey, expiration: new Date(Date.now() + 1000) });
    const { direct } = open({ ...setup, credentials }, new Date());
    const first = await direct.signGet('k', { expiresInSeconds: 900 });
    expect(first.expiresAt.getTime()).toBeLessThanOrEqual(Date.now() + 1000);
    secretAccessKey = 'two';
    expect((await direct.signGet('k', { expiresInSeconds: 900 })).url).not.toBe(first.url);
    const long = open({ ...setup, credentials: { ...STATIC, expiration } }, new Date());
    expect((await long.direct.signPut('k', { ...put, expiresInSeconds: 7200 })).expiresAt).toEqual(
      expiration,
    );
  });
});
