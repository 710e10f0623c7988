import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { request } from 'undici';
import { consolePolicy } from '../../server/console-app/console-policy.js';
import { TestApp } from '../support/test-app.js';

const BUILT = new URL('../../console/dist/', import.meta.url);
/** Of all scripts that the first page needs, compressed, in bytes. */
const FIRST_PAGE_LIMIT = 250 * 1024;

interface Chunk {
  file: string;
  isEntry?: boolean;
  imports?: string[];
}

let app: TestApp;

beforeAll(async () => {
  app = await TestApp.start({ env: { EARSHOT_ROLES: 'api' } });
});

afterAll(() => app[Symbol.asyncDispose]());

/** As it came over the wire: fetch would decompress it. */
async function get(path: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') {
  const {
    statusCode,
    headers: answered,
    body,
  } = await request(`${app.url}${path}`, {
    method,
    headers,
    reset: true,
  });
  return { status: statusCode, headers: answered, bytes: Buffer.from(await body.arrayBuffer()) };
}

const built = (name: string): Promise<Buffer> => readFile(new URL(name, BUILT));

async function manifest(): Promise<Record<string, Chunk>> {
  return JSON.parse((await built('.vite/manifest.json')).toString()) as Record<string, Chunk>;
}

async function entry(): Promise<string> {
  return Object.values(await manifest()).find(({ isEntry }) => isEntry)?.file ?? '';
}

it.each(['/console', '/console/', '/console/leads', '/console/cati-calls/1?storage=x', '/console/a.b/c'])(
  '%s is the one page',
  async (path) => {
    const { status, headers, bytes } = await get(path);
    expect(status).toBe(200);
    expect(bytes).toEqual(await built('index.html'));
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['cache-control']).toBe('no-cache');
    expect(headers['content-security-policy']).toContain("script-src 'self';");
    expect(headers['content-security-policy']).not.toContain('unsafe-eval');
  },
);

it('a page that is known already is not sent again', async () => {
  const { headers } = await get('/console/leads');
  const again = await get('/console/cati-calls', { 'if-none-match': String(headers['etag']) });
  expect([again.status, again.bytes.length]).toEqual([304, 0]);
});

it.each([
  ['br', brotliDecompressSync],
  ['gzip', gunzipSync],
] as const)('scripts are sent as %s, compressed when they were built, for good', async (encoding, decode) => {
  const name = await entry();
  const { status, headers, bytes } = await get(`/console/${name}`, { 'accept-encoding': encoding });
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    'content-encoding': encoding,
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    vary: expect.stringContaining('Accept-Encoding'),
  });
  expect(decode(bytes)).toEqual(await built(name));
});

it('who cannot decompress gets the bytes as they are, under another tag', async () => {
  const path = `/console/${await entry()}`;
  const plain = await get(path, { 'accept-encoding': 'identity' });
  const compressed = await get(path, { 'accept-encoding': 'br' });
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(plain.bytes).toEqual(await built(await entry()));
  expect(plain.headers['etag']).not.toBe(compressed.headers['etag']);
});

it('HEAD tells the same without the bytes', async () => {
  const { status, headers, bytes } = await get(`/console/${await entry()}`, {}, 'HEAD');
  expect([status, bytes.length]).toEqual([200, 0]);
  expect(headers['cache-control']).toContain('immutable');
});

it.each([
  '/console/assets/index-gone.js',
  '/console/assets/..%2f..%2fpackage.json',
  '/console/assets/%2e%2e/%2e%2e/package.json',
])('%s is missing, and no page', async (path) => {
  const { status, bytes } = await get(path);
  expect(status).toBe(404);
  expect(bytes.toString()).not.toContain('"name"');
});

it('what is built beside the files for browsers is not served', async () => {
  const { bytes } = await get('/console/.vite/manifest.json');
  expect(bytes).toEqual(await built('index.html'));
});

it('the first page needs at most 250 kB of script, compressed', async () => {
  const chunks = await manifest();
  const first = Object.keys(chunks).find((name) => chunks[name]?.isEntry) ?? '';
  // With the list that most people see first.
  const needed = new Set([first, 'src/pages/leads/leads-page.tsx']);
  for (const name of needed) for (const other of chunks[name]?.imports ?? []) needed.add(other);
  const sizes = await Promise.all(
    [...needed].map(async (name) => gzipSync(await built(chunks[name]?.file ?? '')).length),
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  expect(total).toBeGreaterThan(50_000);
  expect(total).toBeLessThanOrEqual(FIRST_PAGE_LIMIT);
});

it('every asset is named by a hash of its own', async () => {
  const files = Object.values(await manifest()).map(({ file }) => file);
  expect(files.every((file) => /^assets\/.+-[\w-]{8}\.(js|css|svg)$/.test(file))).toBe(true);
  const digests = await Promise.all(
    files.map(async (file) =>
      createHash('sha256')
        .update(await built(file))
        .digest('hex'),
    ),
  );
  expect(new Set(digests).size).toBe(files.length);
});

describe('the policy', () => {
  const local = { kind: 'local', root: '/data' } as const;
  const s3 = {
    kind: 's3',
    bucket: 'calls',
    endpoint: 'https://s3.example.com',
    region: undefined,
    forcePathStyle: false,
    sse: undefined,
    storageClass: undefined,
  } as const;

  it.each([
    ['local storage', local, []],
    ['S3 by host', s3, ['https://s3.example.com', 'https://calls.s3.example.com']],
    ['S3 by path', { ...s3, forcePathStyle: true }, ['https://s3.example.com']],
    ["Amazon's own S3", { ...s3, endpoint: undefined }, ['https://*.amazonaws.com']],
  ])('lets recordings come from %s', (_name, storage, origins) => {
    const rules = consolePolicy('https://calls.example.com', storage).split('; ');
    const media = rules.find((rule) => rule.startsWith('media-src'));
    expect(media).toBe(["media-src 'self' https://calls.example.com", ...origins, 'blob:'].join(' '));
    const connect = rules.find((rule) => rule.startsWith('connect-src'));
    expect(connect).toContain('wss://calls.example.com');
  });
});
