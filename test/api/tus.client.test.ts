import { Readable } from 'node:stream';
import { Upload, type UploadOptions } from 'tus-js-client';
import { eventually } from '../support/eventually.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { fixture, sha256 } from '../support/fixtures.js';
import { testS3 } from '../support/s3.js';
import { S3App } from '../support/s3-app.js';
import { seededWav } from '../support/seeded-wav.js';
import { TestApp } from '../support/test-app.js';
import { TusCaller } from '../support/tus-steps.js';

const MIB = 1024 * 1024;
const heavy = process.env['EARSHOT_TEST_HEAVY'] === '1';

let app: TestApp;
let tus: TusCaller;

beforeAll(async () => {
  app = await TestApp.start({ s3: testS3() });
  tus = await TusCaller.create(app);
});
afterAll(() => app[Symbol.asyncDispose]());

/** tus-js-client's own upload, to its end. */
function upload(
  file: Buffer | Readable,
  options: UploadOptions,
  { caller } = tus,
): Promise<{ id: string; retries: number }> {
  let retries = 0;
  return new Promise((resolve, reject) => {
    const job = new Upload(file, {
      retryDelays: Array.from({ length: 20 }, () => 20),
      headers: { authorization: `Bearer ${caller.token}` },
      storeFingerprintForResuming: false,
      ...options,
      onShouldRetry: () => ((retries += 1), true),
      onError: reject,
      onSuccess: () => resolve({ id: job.url?.split('/').at(-1) ?? '', retries }),
    });
    job.start();
  });
}

/** An upload whose connection is cut so many times becomes the same bytes in the store. */
async function survivesCuts(by: TusCaller, mib: number, cuts: number): Promise<void> {
  await using proxy = await FaultProxy.open(by.app.url);
  const wav = await seededWav('tus', mib * MIB);
  const afterBytes = Math.floor(wav.byteSize / (cuts + 1));
  proxy.inject({ kind: 'cut request', afterBytes }, ({ method }) => method === 'PATCH', cuts);
  const metadata = { callLogId: await by.caller.call(), filetype: 'audio/wav', sha256: wav.sha256 };
  const bytes = await wav.read(0, wav.byteSize);
  const { id, retries } = await upload(bytes, { endpoint: `${proxy.url}/tus`, metadata }, by);
  expect(await by.storedHash(id)).toBe(wav.sha256);
  // What a cut brought may still be on its way to the store when the client asks how far it is: then its next bytes
  // are refused (409), and it asks again.
  expect(retries).toBeGreaterThanOrEqual(cuts);
  // Where it then finds all bytes there, it sends none.
  const { length } = proxy.seen.filter(({ method }) => method === 'PATCH');
  expect([retries, retries + 1]).toContain(length);
}

const SIZES = heavy ? ([[100, 5]] as const) : ([[5, 2]] as const);

it.each(SIZES)('%i MiB by tus-js-client, cut %i times, are the same bytes in the store', (mib, cuts) =>
  survivesCuts(tus, mib, cuts),
);

const s3 = testS3();

(s3 ? describe : describe.skip)('to S3 itself', () => {
  it('20 MiB by tus-js-client, cut twice, are the same bytes in the store', async () => {
    if (!s3) throw new Error('there is no S3');
    await using on = await S3App.start(s3);
    await survivesCuts(await TusCaller.create(on.app), 20, 2);
    // Its chunks are collected behind the answer's back.
    await eventually(async () => (await on.uploads()).length === 0);
  });
});

it('a ticket of requestUpload is an upload URL', async () => {
  const file = await fixture('call.amr');
  const ticket = await tus.caller.open({ byteSize: file.length });
  const { id } = await upload(file, { uploadUrl: `${app.url}/tus/${ticket.id}`, chunkSize: 7000 });
  expect(id).toBe(ticket.id);
  expect(await tus.storedHash(id)).toBe(sha256(file));
});

it('a stream tells its length when it ends, and brings bytes with its creation', async () => {
  const file = await fixture('call.mp3');
  const { id } = await upload(Readable.from([file.subarray(0, 50_000), file.subarray(50_000)]), {
    endpoint: `${app.url}/tus`,
    uploadLengthDeferred: true,
    uploadDataDuringCreation: true,
    chunkSize: 30_000,
    metadata: { callLogId: await tus.caller.call(), filename: 'call.mp3' },
  });
  expect(await tus.storedHash(id)).toBe(sha256(file));
});

it('an upload that is aborted for good is given up', async () => {
  const ticket = await tus.caller.open({ byteSize: 1000 });
  await Upload.terminate(`${app.url}/tus/${ticket.id}`, {
    headers: { authorization: `Bearer ${tus.caller.token}` },
  });
  expect(await tus.caller.client.upload(ticket.id)).toMatchObject({ status: 'CANCELLED' });
});
