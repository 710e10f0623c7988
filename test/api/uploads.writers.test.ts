import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StorageUnavailable } from '../../server/storage/storage.js';
import { FaultyStorage } from '../support/faulty-storage.js';
import { fixture } from '../support/fixtures.js';
import { begin, formHeaders, graphqlForm } from '../support/raw-request.js';
import { TestApp } from '../support/test-app.js';
import { Caller, below, keysBelow, stateOf } from '../support/upload-steps.js';

const FIRST = 40_000;
const APPEND = `mutation Append($input: AppendChunkInput!) { appendChunk(input: $input) { upload { receivedBytes } } }`;

let app: TestApp;
let storage: FaultyStorage;
let caller: Caller;
let file: Buffer;

beforeAll(async () => {
  storage = await FaultyStorage.create();
  app = await TestApp.start({ storage });
  caller = await Caller.create(app);
  file = await fixture('call.mp3');
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => (storage.onPut = () => undefined));

const append = (uploadId: string, offset: number, chunk: Uint8Array) =>
  caller.client.appendChunk({ uploadId, offset, chunk });

/** An upload of the fixture whose first chunk has arrived. */
async function begun(): Promise<string> {
  const { id } = await caller.open({ byteSize: file.length });
  await append(id, 0, file.subarray(0, FIRST));
  return id;
}

/** A request whose chunk is under way: the server has begun to store it, and waits for the rest. */
async function stalled(id: string, offset: number, byteSize: number) {
  const { head, tail } = graphqlForm(APPEND, { uploadId: id, offset }, 'chunk');
  const putting = once(storage.events, 'put');
  const { req, answer } = begin(`${app.url}/graphql`, {
    method: 'POST',
    headers: { ...formHeaders(caller.token), 'content-length': head.length + byteSize + tail.length },
  });
  req.write(head);
  req.write(file.subarray(offset, offset + 1000));
  await putting;
  return {
    req,
    finish: async () => {
      req.end(Buffer.concat([file.subarray(offset + 1000, offset + byteSize), tail]));
      const { status, body } = await answer;
      return { status, ...(JSON.parse(body.toString()) as { errors?: { extensions: object }[] }) };
    },
  };
}

const next = () => file.subarray(FIRST, FIRST + 5000);

describe('two writers', () => {
  it('the newest wins: a stalled connection that goes on changes nothing', async () => {
    const id = await begun();
    const old = await stalled(id, FIRST, 5000);
    await append(id, FIRST, file.subarray(FIRST, FIRST + 7000));
    const { session, chunks } = await stateOf(app, id);
    const late = await old.finish();
    expect(late.errors?.[0]?.extensions).toMatchObject({
      code: 'OFFSET_MISMATCH',
      expectedOffset: FIRST + 7000,
    });
    const kept = chunks.map(({ key }) => key);
    expect(await stateOf(app, id)).toEqual({ session, chunks, objects: kept });
  });

  it('an older writer that is done first loses as well, and is told where to go on', async () => {
    const id = await begun();
    const old = await stalled(id, FIRST, 5000);
    const young = await stalled(id, FIRST, 6000);
    expect((await old.finish()).errors?.[0]?.extensions).toMatchObject({
      code: 'OFFSET_MISMATCH',
      expectedOffset: FIRST,
    });
    expect((await young.finish()).errors).toBeUndefined();
    const { session, objects } = await stateOf(app, id);
    expect(session).toMatchObject({ received_bytes: String(FIRST + 6000), chunk_count: 2 });
    expect(objects).toHaveLength(2);
  });

  it('of many at once, one stores the chunk', async () => {
    const id = await begun();
    const answers = await Promise.allSettled(Array.from({ length: 8 }, () => append(id, FIRST, next())));
    // The others lost, or came late and found the same bytes there.
    expect(answers.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
    for (const answer of answers)
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'OFFSET_MISMATCH' });
    const { session, objects } = await stateOf(app, id);
    expect(session).toMatchObject({ received_bytes: String(FIRST + 5000), chunk_count: 2 });
    expect(objects).toHaveLength(2);
  });
});

it('a cancelled upload takes nothing from a writer under way', async () => {
  const id = await begun();
  const old = await stalled(id, FIRST, 5000);
  await caller.client.cancelUpload({ uploadId: id });
  expect((await old.finish()).errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT' });
  expect((await keysBelow(app, below.upload(id))).filter((key) => key.includes(`/${FIRST}-`))).toEqual([]);
});

it('a client that hangs up amid a chunk leaves nothing', async () => {
  const id = await begun();
  const before = await stateOf(app, id);
  const gone = await stalled(id, FIRST, 5000);
  const settled = once(storage.events, 'settled');
  gone.req.destroy();
  await settled;
  expect(await stateOf(app, id)).toEqual(before);
  expect(await readdir(join(storage.folder, '.tmp'))).toEqual([]);
  await expect(append(id, FIRST, next())).resolves.toMatchObject({ receivedBytes: FIRST + 5000 });
});

it.each<[string, FaultyStorage['onPut']]>([
  ['at once', () => Promise.reject(new StorageUnavailable('full'))],
  [
    'amid the chunk',
    async (_key, body) => {
      for await (const _bytes of body) throw new StorageUnavailable('full');
    },
  ],
])('a store that is full %s is UNAVAILABLE, and the chunk can be sent again', async (_name, fault) => {
  const id = await begun();
  const before = await stateOf(app, id);
  storage.onPut = fault;
  await expect(append(id, FIRST, file.subarray(FIRST))).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    retryable: true,
  });
  expect(await stateOf(app, id)).toEqual(before);
  storage.onPut = () => undefined;
  await expect(append(id, FIRST, file.subarray(FIRST))).resolves.toMatchObject({
    receivedBytes: file.length,
  });
});

it('a defect of the store is no fault of the sender', async () => {
  const id = await begun();
  storage.onPut = () => Promise.reject(new TypeError('a defect'));
  await expect(append(id, FIRST, next())).rejects.toMatchObject({ code: 'INTERNAL', retryable: true });
});
