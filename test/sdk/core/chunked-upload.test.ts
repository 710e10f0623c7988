import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { EarshotClient, fromBlob, fromBytes, uploadInChunks } from '../../../sdk/core/index.js';
import type { ChunkedUploadOptions, FileInput } from '../../../sdk/core/index.js';
import { FakeApi, failing, readFile, reply } from './fake-api.js';
import type { Answer, SeenRequest } from './fake-api.js';

const FILE = Uint8Array.from({ length: 1000 }, (_value, index) => index % 251);

type Fault = (response: ServerResponse, store: Store, chunk: Buffer) => void;

/** An upload session as the server keeps it, with faults for the chunks to come. */
class Store {
  bytes = Buffer.alloc(0);
  status = 'OPEN';
  readonly offsets: number[] = [];
  readonly hashes: unknown[] = [];

  constructor(
    readonly faults: (Fault | undefined)[] = [],
    readonly byteSize = FILE.byteLength,
  ) {}

  get session() {
    const { status, byteSize } = this;
    return {
      id: 'u1',
      status,
      strategy: 'CHUNKED',
      byteSize,
      receivedBytes: this.bytes.length,
      chunkSize: 300,
      error: null,
    };
  }

  readonly answer: Answer = async (request, response) => {
    if (request.operationName === 'Upload') return reply(response, { data: { upload: this.session } });
    await this.#append(request, response);
  };

  async #append({ variables }: SeenRequest, response: ServerResponse): Promise<void> {
    const input = variables['input'] as { offset: number; chunk: unknown; sha256?: string };
    const { bytes } = await readFile(input.chunk);
    this.offsets.push(input.offset);
    this.hashes.push(
      input.sha256 === undefined || input.sha256 === createHash('sha256').update(bytes).digest('hex'),
    );
    const fault = this.faults.shift();
    if (fault) return fault(response, this, bytes);
    if (input.offset !== this.bytes.length) {
      return reply(response, failing('OFFSET_MISMATCH', { expectedOffset: this.bytes.length }));
    }
    this.keep(bytes);
    reply(response, { data: { appendChunk: { upload: this.session } } });
  }

  keep(bytes: Buffer): void {
    this.bytes = Buffer.concat([this.bytes, bytes]);
  }
}

const drop: Fault = (response) => void response.destroy();
const dropAfter =
  (count: number): Fault =>
  (response, store, chunk) => {
    store.keep(chunk.subarray(0, count));
    response.destroy();
  };
const refuse =
  (code: string, extensions?: Record<string, unknown>): Fault =>
  (response) =>
    reply(response, failing(code, extensions));
const badGateway: Fault = (response) => reply(response, '<html></html>', 502);

async function run(store: Store, options: ChunkedUploadOptions = {}, source = fromBytes(FILE)) {
  await using api = await FakeApi.start(store.answer);
  const waits: number[] = [];
  const platform = {
    random: () => 1,
    setTimeout: (callback: () => void, milliseconds: number) => {
      waits.push(milliseconds);
      queueMicrotask(callback);
    },
    clearTimeout: () => undefined,
  };
  const client = new EarshotClient({ url: api.url, platform, timeoutMs: 0, uploadTimeoutMs: 0 });
  const progress: number[] = [];
  const onProgress = ({ receivedBytes }: { receivedBytes: number }) => progress.push(receivedBytes);
  const result = await uploadInChunks(client, 'u1', source, { onProgress, ...options }).then(
    (session) => ({ session, error: undefined }),
    (error: unknown) => ({ session: undefined, error }),
  );
  return { ...result, waits, progress, names: api.names };
}

describe('uploadInChunks', () => {
  it.each([
    ['bytes', fromBytes(FILE)],
    ['a blob', fromBlob(new Blob([FILE]))],
  ])("sends %s in chunks of the server's size", async (_name, source) => {
    const store = new Store();
    const { session, progress, waits } = await run(store, {}, source);
    expect(session).toMatchObject({ receivedBytes: 1000 });
    expect(store.bytes).toEqual(Buffer.from(FILE));
    expect(store.offsets).toEqual([0, 300, 600, 900]);
    expect(progress).toEqual([300, 600, 900, 1000]);
    expect(waits).toEqual([]);
  });

  it('takes another chunk size, and sends the hash of each chunk', async () => {
    const store = new Store();
    const sha256 = (chunk: FileInput) =>
      Promise.resolve(
        createHash('sha256')
          .update(chunk as Uint8Array)
          .digest('hex'),
      );
    await run(store, { chunkSize: 500, sha256 });
    expect(store.offsets).toEqual([0, 500]);
    expect(store.hashes).toEqual([true, true]);
  });

  it('goes on where an earlier run stopped', async () => {
    const store = new Store();
    store.keep(Buffer.from(FILE.subarray(0, 700)));
    const { progress } = await run(store);
    expect(store.offsets).toEqual([700]);
    expect(progress).toEqual([700, 1000]);
    expect(store.bytes).toEqual(Buffer.from(FILE));
  });

  it.each(['FINALIZING', 'COMPLETED'])('sends nothing to an upload that is %s', async (status) => {
    const store = new Store();
    store.status = status;
    expect((await run(store)).session).toMatchObject({ status });
    expect(store.offsets).toEqual([]);
  });

  it('survives dropped connections, refused offsets, 500 and 502 in one upload', async () => {
    const store = new Store([
      undefined,
      dropAfter(120),
      refuse('OFFSET_MISMATCH', { expectedOffset: 420 }),
      refuse('INTERNAL'),
      badGateway,
      undefined,
      drop,
    ]);
    const { session, progress, names } = await run(store);
    expect(session).toMatchObject({ receivedBytes: 1000 });
    expect(store.bytes).toEqual(Buffer.from(FILE));
    expect(store.offsets).toEqual([0, 300, 420, 420, 420, 420, 720, 720]);
    expect(progress).toEqual([300, 420, 720, 1000]);
    expect(names.filter((name) => name === 'Upload')).toHaveLength(5);
  });

  it('goes on from the offset that the server expects, without asking', async () => {
    const store = new Store([
      (response, kept) => {
        kept.keep(Buffer.from(FILE.subarray(0, 512)));
        reply(response, failing('OFFSET_MISMATCH', { expectedOffset: 512 }));
      },
    ]);
    const { names, waits } = await run(store);
    expect(store.offsets).toEqual([0, 512, 812]);
    expect(names.filter((name) => name === 'Upload')).toHaveLength(1);
    expect(waits).toEqual([]);
    expect(store.bytes).toEqual(Buffer.from(FILE));
  });

  it('sends a chunk again that was damaged on the way', async () => {
    const store = new Store([refuse('CHECKSUM_MISMATCH')]);
    await run(store);
    expect(store.bytes).toEqual(Buffer.from(FILE));
    expect(store.offsets).toEqual([0, 0, 300, 600, 900]);
  });

  it('waits longer after each failure in a row, and as long as the server asks', async () => {
    const store = new Store([drop, drop, refuse('RATE_LIMITED', { retryAfterSeconds: 7 }), undefined, drop]);
    const { waits } = await run(store);
    expect(waits).toEqual([500, 1000, 7000, 500]);
  });

  it('does not wait for a server that asks for more than its caller has time for', async () => {
    const busy = (retryAfterSeconds: number) => [undefined, refuse('RATE_LIMITED', { retryAfterSeconds })];
    const day = await run(new Store(busy(86_400)));
    expect(day.error).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 86_400 });
    const brief = await run(new Store(busy(7)), { maxPauseMs: 5000 });
    expect(brief.error).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 7 });
    expect([...day.waits, ...brief.waits]).toEqual([]);
    expect((await run(new Store(busy(4)), { maxPauseMs: 5000 })).waits).toEqual([4000]);
  });

  it.each([
    ['a dead connection', drop, { code: 'NETWORK' }],
    [
      'an offset that leads nowhere',
      refuse('OFFSET_MISMATCH', { expectedOffset: 0 }),
      { code: 'OFFSET_MISMATCH' },
    ],
    [
      'an answer without progress',
      ((response, store) => reply(response, { data: { appendChunk: { upload: store.session } } })) as Fault,
      { code: 'BAD_RESPONSE' },
    ],
  ])('gives up on %s', async (_name, fault, expected) => {
    const store = new Store(Array.from({ length: 20 }, () => fault));
    const { error, progress } = await run(store, { maxFailures: 4 });
    expect(error).toMatchObject(expected);
    expect(store.offsets).toEqual([0, 0, 0, 0]);
    expect(progress).toEqual([]);
  });

  it.each(['CHUNK_DIFFERS', 'NOT_FOUND', 'PAYLOAD_TOO_LARGE', 'UNAUTHENTICATED'])(
    'ends at once on %s',
    async (code) => {
      const store = new Store([refuse(code)]);
      const { error, waits } = await run(store);
      expect(error).toMatchObject({ code });
      expect(store.offsets).toEqual([0]);
      expect(waits).toEqual([]);
    },
  );

  it.each([
    ['EXPIRED', 'EXPIRED'],
    ['CANCELLED', 'CONFLICT'],
    ['FAILED', 'CONFLICT'],
  ])('refuses an upload that is %s', async (status, code) => {
    const store = new Store();
    store.status = status;
    expect((await run(store)).error).toMatchObject({ code });
  });

  it('refuses a file of another size, before any byte is sent', async () => {
    const store = new Store([], 999);
    expect((await run(store)).error).toMatchObject({ code: 'BAD_USER_INPUT', field: 'byteSize' });
    expect(store.offsets).toEqual([]);
  });

  it('stops when the signal is aborted, in the middle of a chunk too', async () => {
    const controller = new AbortController();
    const store = new Store([undefined, () => controller.abort()]);
    const { error, progress } = await run(store, { signal: controller.signal });
    expect(error).toMatchObject({ code: 'ABORTED' });
    expect(progress).toEqual([300]);
  });

  it('passes the failure of a source on', async () => {
    const failure = new Error('The file was deleted.');
    const source = { byteSize: FILE.byteLength, read: () => Promise.reject(failure) };
    expect((await run(new Store(), {}, source)).error).toBe(failure);
  });
});
