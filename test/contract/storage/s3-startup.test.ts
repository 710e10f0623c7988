import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IncomingMessage } from 'node:http';
import type { StorageConfig } from '../../../server/config.js';
import { StartupError } from '../../../server/startup-error.js';
import { openStorage } from '../../../server/storage/open-storage.js';
import { checkBucket } from '../../../server/storage/s3-check.js';
import { LIFECYCLE_RULES, lifecycleRulesOf } from '../../../server/storage/s3-lifecycle.js';
import { corsRule, corsRulesOf, setupBucket } from '../../../server/storage/s3-setup.js';
import { S3Storage } from '../../../server/storage/s3-storage.js';
import { PutBucketCorsCommand, PutBucketLifecycleConfigurationCommand } from '@aws-sdk/client-s3';
import { FaultProxy } from '../../support/fault-proxy.js';
import type { Fault } from '../../support/fault-proxy.js';
import { recogniseNativeErrors } from '../../support/native-errors.js';
import { TestBucket, testS3 } from '../../support/s3.js';

recogniseNativeErrors();
const s3 = testS3();
const ORIGIN = 'https://calls.example.com';

describe('openStorage, local', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'earshot-open-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  it('opens a folder that was not there', async () => {
    const storage = await openStorage({ kind: 'local', root: join(root, 'a/b') });
    expect(storage.kind).toBe('local');
    expect(storage.direct).toBeUndefined();
  });

  it('names a folder that cannot be one', async () => {
    await writeFile(join(root, 'file'), '');
    const opened = openStorage({ kind: 'local', root: join(root, 'file/b') });
    await expect(opened).rejects.toBeInstanceOf(StartupError);
    await expect(opened).rejects.toThrow(join(root, 'file/b'));
  });
});

if (s3) {
  describe('a bucket', () => {
    let bucket: TestBucket;
    let proxy: FaultProxy;
    const environment = { ...process.env };

    beforeAll(async () => {
      bucket = await TestBucket.create(s3);
      proxy = await FaultProxy.open(s3.endpoint);
    });
    afterAll(async () => {
      await proxy[Symbol.asyncDispose]();
      await bucket.remove();
    });
    beforeEach(() => {
      proxy.clear();
      process.env['AWS_ACCESS_KEY_ID'] = s3.credentials.accessKeyId;
      process.env['AWS_SECRET_ACCESS_KEY'] = s3.credentials.secretAccessKey;
    });
    afterEach(async () => {
      process.env = { ...environment };
      const left = [...(await bucket.keys()), ...(await bucket.unfinished())];
      if (left.length > 0) throw new Error(`a test left ${left.join(', ')}`);
    });

    const config = (change: object = {}): StorageConfig => ({
      kind: 's3',
      bucket: bucket.name,
      endpoint: proxy.url,
      region: undefined,
      forcePathStyle: true,
      sse: undefined,
      storageClass: undefined,
      ...change,
    });

    describe('openStorage', () => {
      it("opens with the environment's credentials", async () => {
        await using storage = await openStorage(config());
        expect(storage.kind).toBe('s3');
        expect(storage.direct).toBeDefined();
        await storage.check();
      });

      it.each<[string, object, RegExp]>([
        [
          'a bucket that is missing',
          { bucket: 'no-such-bucket-here' },
          /no-such-bucket-here.*the bucket does not exist/,
        ],
        [
          'an endpoint where nobody listens',
          { endpoint: 'http://127.0.0.1:1' },
          /nobody listens at the endpoint/,
        ],
        ['an endpoint that has no name', { endpoint: 'http://no-such-host.invalid' }, /endpoint's name/],
        ['an encryption that it does not know', { sse: 'rot13' }, /S3_SSE/],
        ['an encryption that the server does not do', { sse: 'AES256' }, /PutObject: it refuses/],
      ])('names %s', async (_name, change, message) => {
        const opened = openStorage(config(change));
        await expect(opened).rejects.toBeInstanceOf(StartupError);
        await expect(opened).rejects.toThrow(message);
      });

      it.each<[string, Record<string, string>, RegExp]>([
        ['an unknown access key', { AWS_ACCESS_KEY_ID: 'nobody' }, /the access key is unknown there/],
        ['a wrong secret', { AWS_SECRET_ACCESS_KEY: 'wrong' }, /the secret key does not fit/],
      ])('names %s', async (_name, change, message) => {
        Object.assign(process.env, change);
        await expect(openStorage(config())).rejects.toThrow(message);
      });

      it('names credentials that are missing', async () => {
        delete process.env['AWS_ACCESS_KEY_ID'];
        delete process.env['AWS_SECRET_ACCESS_KEY'];
        process.env['AWS_EC2_METADATA_DISABLED'] = 'true';
        process.env['HOME'] = '/nonexistent';
        await expect(openStorage(config())).rejects.toThrow(/no AWS credentials were found/);
      });

      const answer = (status: number, code: string): Fault => ({ kind: 'answer', status, code });
      const isList = ({ url = '' }: IncomingMessage): boolean => url.includes('list-type');
      it.each<[string, Fault, (request: IncomingMessage) => boolean, RegExp]>([
        ['no right to list', answer(403, 'AccessDenied'), isList, /cannot be listed: access is denied/],
        ['expired credentials', answer(400, 'ExpiredToken'), isList, /credentials have expired/],
        ['another region', answer(301, 'PermanentRedirect'), isList, /another region/],
        ['overload', answer(503, 'SlowDown'), isList, /slow down/],
        [
          '403 for what is missing',
          answer(403, 'AccessDenied'),
          ({ method }) => method === 'HEAD',
          /which objects are missing.*access is denied/,
        ],
        [
          'no right to write',
          answer(403, 'AccessDenied'),
          ({ method }) => method === 'PUT',
          /PutObject: access is denied/,
        ],
        [
          'no right to read',
          answer(403, 'AccessDenied'),
          ({ method, url = '' }) => method === 'GET' && url.includes('x-id=GetObject'),
          /GetObject: access is denied/,
        ],
        [
          'a clock that is behind',
          { kind: 'headers', headers: { date: new Date(Date.now() + 601_000).toUTCString() } },
          () => true,
          /10 minutes behind/,
        ],
        [
          'a clock that is ahead',
          { kind: 'headers', headers: { date: new Date(Date.now() - 599_000).toUTCString() } },
          () => true,
          /10 minutes ahead/,
        ],
      ])('names %s', async (_name, fault, matches, message) => {
        proxy.inject(fault, matches, Infinity);
        const opened = openStorage(config());
        await expect(opened).rejects.toBeInstanceOf(StartupError);
        await expect(opened).rejects.toThrow(message);
      });
    });

    describe('setup and check', () => {
      let storage: S3Storage;
      beforeEach(() => {
        storage = new S3Storage(bucket.options({ endpoint: proxy.url }));
      });
      afterEach(() => storage[Symbol.asyncDispose]());
      const setup = (dryRun: boolean, origins = [ORIGIN]) => setupBucket(storage.bucket, { origins, dryRun });
      const check = (origins = [ORIGIN]) => checkBucket(storage, { origins });
      const preflight = async (origin: string, method: string) => {
        const { url } = await storage.direct.signPut('k', {
          byteSize: 1,
          contentType: 'audio/mpeg',
          expiresInSeconds: 60,
        });
        return await fetch(url, {
          method: 'OPTIONS',
          headers: {
            origin,
            'access-control-request-method': method,
            'access-control-request-headers': 'content-type,if-none-match,x-amz-checksum-sha256',
          },
        });
      };

      it('warns of what is missing, says what it would do, does it once, and keeps the rules of others', async () => {
        const foreignCors = {
          ID: 'other',
          AllowedOrigins: ['https://other.example'],
          AllowedMethods: ['GET'],
        };
        await storage.bucket.calls.send(
          new PutBucketCorsCommand({ Bucket: bucket.name, CORSConfiguration: { CORSRules: [foreignCors] } }),
        );
        const foreignRule = {
          ID: 'other',
          Status: 'Enabled',
          Filter: { Prefix: 'logs/' },
          Expiration: { Days: 9 },
        } as const;
        await storage.bucket.calls.send(
          new PutBucketLifecycleConfigurationCommand({
            Bucket: bucket.name,
            LifecycleConfiguration: { Rules: [foreignRule] },
          }),
        );
        const before = await check();
        expect(
          before.filter(({ outcome }) => outcome !== 'ok').map(({ probe, outcome }) => [probe, outcome]),
        ).toEqual([
          ['CORS rules', 'warning'],
          ['lifecycle rule for abandoned uploads', 'warning'],
        ]);

        const planned = await setup(true);
        expect(planned.map(({ setting, action, applied }) => [setting, action, applied])).toEqual([
          ['cors', 'add', false],
          ...LIFECYCLE_RULES.map(() => ['lifecycle', 'add', false]),
        ]);
        expect(await corsRulesOf(storage.bucket)).toHaveLength(1);
        expect(await lifecycleRulesOf(storage.bucket)).toHaveLength(1);

        const done = await setup(false);
        expect(done.map(({ applied, after }) => [applied, after])).toEqual([
          [true, corsRule([ORIGIN])],
          ...LIFECYCLE_RULES.map((rule) => [true, rule]),
        ]);
        expect((await corsRulesOf(storage.bucket)).map(({ ID }) => ID).sort()).toEqual([
          'earshot-clients',
          'other',
        ]);
        expect((await lifecycleRulesOf(storage.bucket)).map(({ ID }) => ID).sort()).toEqual([
          'earshot-abandoned-earshot-check',
          'earshot-abandoned-recordings',
          'earshot-abandoned-uploads',
          'other',
        ]);

        expect((await setup(false)).map(({ action, applied }) => [action, applied])).toEqual([
          ['none', false],
          ...LIFECYCLE_RULES.map(() => ['none', false]),
        ]);
        const moved = await setup(false, ['https://new.example']);
        expect(moved.map(({ action, applied }) => [action, applied])).toEqual([
          ['replace', true],
          ...LIFECYCLE_RULES.map(() => ['none', false]),
        ]);
        expect(await corsRulesOf(storage.bucket)).toHaveLength(2);
        expect((await check(['https://new.example'])).filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
        expect((await check()).filter(({ outcome }) => outcome !== 'ok').map(({ probe }) => probe)).toEqual([
          'CORS rules',
        ]);
      });

      it('lets browsers of the origins given do what they need, and nobody else', async () => {
        await setup(false);
        const allowed = await preflight(ORIGIN, 'PUT');
        expect(allowed.headers.get('access-control-allow-origin')).toBe(ORIGIN);
        expect(allowed.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('if-none-match');
        expect(
          (await preflight('https://evil.example', 'PUT')).headers.get('access-control-allow-origin'),
        ).toBeNull();
        expect((await preflight(ORIGIN, 'DELETE')).headers.get('access-control-allow-origin')).toBeNull();
        const { url } = await storage.direct.signGet('missing', { expiresInSeconds: 60 });
        const answered = await fetch(url, { headers: { origin: ORIGIN } });
        for (const name of ['ETag', 'Content-Range', 'Accept-Ranges', 'Content-Length']) {
          expect(answered.headers.get('access-control-expose-headers')).toContain(name);
        }
      });

      it.each<[string, (request: IncomingMessage) => boolean, string[]]>([
        [
          'PUT',
          ({ method }) => method === 'PUT',
          ['write, read and delete an object', 'upload by a signed link'],
        ],
        ['POST', ({ method }) => method === 'POST', ['begin, list and abort a multipart upload']],
        [
          'a signed GET',
          ({ url = '', method }) => method === 'GET' && url.includes('X-Amz-Signature'),
          ['read a range by a signed link'],
        ],
        ['a copy', ({ headers }) => 'x-amz-copy-source' in headers, ['copy an object']],
        [
          'listing uploads',
          ({ url = '', method }) => method === 'GET' && /[?&]uploads/.test(url),
          ['list unfinished uploads'],
        ],
        ['reading CORS', ({ url = '' }) => url.includes('?cors'), ['CORS rules']],
      ])('says what fails without the right to %s, and goes on', async (_name, matches, expected) => {
        proxy.inject({ kind: 'answer', status: 403, code: 'AccessDenied' }, matches, Infinity);
        const reports = await check();
        const failed = reports.filter(({ outcome }) => outcome === 'failed');
        expect(failed.map(({ probe }) => probe)).toEqual(expect.arrayContaining(expected));
        for (const { detail } of failed)
          expect(detail).toMatch(/access is denied|answered 40[34]|there is no object/);
        expect(JSON.stringify(reports)).not.toContain('X-Amz-');
        expect(reports).toHaveLength(12);
      });

      it('warns of a server that ignores If-None-Match', async () => {
        proxy.inject(
          { kind: 'answer', status: 200, code: '' },
          ({ method, headers }) => method === 'PUT' && 'content-md5' in headers,
          Infinity,
        );
        expect(await check()).toContainEqual(
          expect.objectContaining({ probe: 'refuse a second object at a key', outcome: 'warning' }),
        );
      });
    });
  });
} else {
  describe('S3 startup', () => {
    it('is not tried: S3_TEST_ENDPOINT is not set', () => {
      console.info('S3 startup and setup were not tried: S3_TEST_ENDPOINT is not set');
      expect(process.env['S3_TEST_ENDPOINT'] ?? '').toBe('');
    });
  });
}
