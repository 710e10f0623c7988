import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { s3Command, UsageError } from '../../../server/commands/s3-command.js';
import { loadConfig } from '../../../server/config.js';
import { StartupError } from '../../../server/startup-error.js';
import type { ProbeReport } from '../../../server/storage/s3-check.js';
import type { SettingReport } from '../../../server/storage/s3-settings.js';
import { CaptureServer } from '../../support/capture-server.js';
import { TestBucket, testS3 } from '../../support/s3.js';

const s3 = testS3();
const COMMAND = fileURLToPath(new URL('../../../dist/server/commands/s3.js', import.meta.url));

type Env = Record<string, string>;

/** The built command as the launcher runs it. */
function run(args: string[], env: Env = {}): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [COMMAND, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

const bucketEnv = (endpoint: string, bucket: string): Env => ({
  S3_BUCKET: bucket,
  S3_ENDPOINT: endpoint,
  S3_FORCE_PATH_STYLE: '1',
  AWS_ACCESS_KEY_ID: s3?.credentials.accessKeyId ?? 'A',
  AWS_SECRET_ACCESS_KEY: s3?.credentials.secretAccessKey ?? 'b',
});

it('asked wrongly, says how to ask, with exit code 2', async () => {
  const { code, stdout, stderr } = await run(['mend']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('earshot s3 setup');
  expect(stderr).not.toContain('    at ');
});

it.each([[[]], [['check', 'twice']], [['check', '--fast']], [['check', '--origin', 'https://a.example']]])(
  '%j is no question',
  async (args) => {
    await expect(s3Command(args, () => loadConfig({}))).rejects.toBeInstanceOf(UsageError);
  },
);

it('says in one line that there is no bucket to look at, with exit code 1', async () => {
  const { code, stderr } = await run(['check']);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'Storage: this server stores locally. Set S3_BUCKET, and STORAGE=s3.\n',
  });
});

describe('over the wire', () => {
  let server: CaptureServer;
  const before = { ...process.env };
  beforeEach(async () => {
    server = await CaptureServer.open();
    // The SDK's own chain reads them.
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 'b' });
  });
  afterEach(async () => {
    process.env = { ...before };
    await server[Symbol.asyncDispose]();
  });
  const ask = (args: string[], env: Env = {}) =>
    s3Command(args, () => loadConfig({ ...bucketEnv(server.url, 'calls'), ...env }));
  const writes = () => server.requests.filter(({ method }) => method !== 'GET' && method !== 'HEAD');

  it('setup writes the CORS rules of the pages and the lifecycle rule, each with its checksum', async () => {
    const { text, ok } = await ask(['setup'], {
      CORS_ORIGINS: 'https://calls.example,capacitor://localhost',
    });
    expect(ok).toBe(true);
    expect(text).toMatch(
      /^cors +added\n.*\nlifecycle recordings\/ +added\n.*\nlifecycle uploads\/ +added\n/s,
    );
    const [cors, lifecycle] = writes();
    expect(cors?.query.has('cors')).toBe(true);
    expect(cors?.text.match(/<AllowedOrigin>[^<]+/g)).toEqual([
      '<AllowedOrigin>https://calls.example',
      '<AllowedOrigin>capacitor://localhost',
    ]);
    expect(cors?.text).toContain('<AllowedMethod>PUT</AllowedMethod>');
    expect(cors?.text).toContain('<ExposeHeader>ETag</ExposeHeader>');
    expect(lifecycle?.query.has('lifecycle')).toBe(true);
    expect(lifecycle?.text.match(/<Prefix>[^<]+/g)).toEqual([
      '<Prefix>recordings/',
      '<Prefix>uploads/',
      '<Prefix>earshot-check/',
    ]);
    expect(lifecycle?.text).toContain('<DaysAfterInitiation>7</DaysAfterInitiation>');
    for (const request of [cors, lifecycle])
      expect(Object.keys(request?.headers ?? {}).join()).toMatch(/content-md5|x-amz-checksum-/);
    expect(writes()).toHaveLength(2);
  });

  it('keeps what else the lifecycle says, and its older form', async () => {
    const minimum = { 'x-amz-transition-default-minimum-object-size': 'varies_by_storage_class' };
    server.lifecycle = {
      headers: minimum,
      rules:
        '<Rule><ID>logs</ID><Status>Enabled</Status><Prefix>logs/</Prefix><Expiration><Days>9</Days></Expiration></Rule>',
    };
    await ask(['setup']);
    const [, lifecycle] = writes();
    expect(lifecycle?.headers).toMatchObject(minimum);
    expect(lifecycle?.text.match(/<Rule>/g)).toHaveLength(4);
    expect(lifecycle?.text).toContain('<Prefix>logs/</Prefix>');
    expect(lifecycle?.text).not.toContain('<Filter>');
  });

  it('--origin names the pages in place of CORS_ORIGINS', async () => {
    await ask(['setup', '--origin', 'https://a.example', '--origin', 'https://b.example']);
    expect(writes()[0]?.text.match(/<AllowedOrigin>[^<]+/g)).toHaveLength(2);
  });

  it.each([[['setup', '--dry-run']], [['check', '--dry-run']]])('%j writes nothing', async (args) => {
    await ask(args);
    expect(server.requests.length).toBeGreaterThan(0);
    expect(writes()).toEqual([]);
  });

  it('in production, somebody must name the pages', async () => {
    const asked = ask(['setup'], {
      NODE_ENV: 'production',
      ...{ DATABASE_URL: 'postgresql://x@y/z', AUTH_JWT_SECRET: 'x'.repeat(32) },
      URL_SIGNING_KEYS: `k:${'x'.repeat(32)}`,
    });
    await expect(asked).rejects.toBeInstanceOf(UsageError);
    expect(server.requests).toEqual([]);
  });

  it('a wrong option of the bucket is named', async () => {
    await expect(ask(['check'], { S3_SSE: 'ROT13' })).rejects.toBeInstanceOf(StartupError);
  });
});

if (s3) {
  describe('on a real server', () => {
    let bucket: TestBucket;
    beforeAll(async () => {
      bucket = await TestBucket.create(s3);
    });
    afterAll(() => bucket.remove());

    it('a dry run, the setup, and the check agree; and nothing is left in the bucket', async () => {
      const env = bucketEnv(s3.endpoint, bucket.name);
      const json = async <T>(...args: string[]) => {
        const { code, stdout, stderr } = await run([...args, '--json'], env);
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        return JSON.parse(stdout) as T;
      };
      type Setup = { settings: SettingReport[] };
      type Check = { ok: boolean; probes: ProbeReport[] };
      const stateOf = ({ settings }: Setup) => settings.map(({ action, applied }) => `${action} ${applied}`);
      const outcomesOf = ({ probes }: Check) => Object.fromEntries(probes.map((p) => [p.probe, p.outcome]));

      expect(outcomesOf(await json<Check>('check', '--dry-run'))).toMatchObject({
        'list objects': 'ok',
        'copy an object': 'skipped',
        'CORS rules': 'warning',
      });
      expect(stateOf(await json<Setup>('setup', '--dry-run'))).toEqual(Array(4).fill('add false'));
      expect(stateOf(await json<Setup>('setup'))).toEqual(Array(4).fill('add true'));
      expect(stateOf(await json<Setup>('setup'))).toEqual(Array(4).fill('none false'));
      expect(new Set(Object.values(outcomesOf(await json<Check>('check'))))).toEqual(new Set(['ok']));
      expect([...(await bucket.keys()), ...(await bucket.unfinished())]).toEqual([]);
    });

    it('what fails is named, with exit code 1 and no secret', async () => {
      const env = { ...bucketEnv(s3.endpoint, bucket.name), AWS_SECRET_ACCESS_KEY: 'another-secret' };
      const { code, stdout, stderr } = await run(['check'], env);
      expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
      expect(stdout).toMatch(/^failed +list objects: .*the secret key does not fit the access key/);
      expect(stdout).not.toContain('another-secret');
      const setup = await run(['setup'], env);
      expect(setup.code).toBe(1);
      expect(setup.stderr).toMatch(/^S3 bucket \S+, GetBucketCors: the secret key does not fit [^\n]*\n$/);
    });
  });
} else {
  it('earshot s3 is not tried on a real server: S3_TEST_ENDPOINT is not set', () => {
    console.info('earshot s3 was not tried on a real server: S3_TEST_ENDPOINT is not set');
    expect(s3).toBeUndefined();
  });
}
