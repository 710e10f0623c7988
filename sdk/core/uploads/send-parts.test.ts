import { fromBytes } from './file-source.js';
import { NEW_RECORD } from './upload-record.js';
import type { UploadRecord } from './upload-record.js';
import { sendParts } from './send-parts.js';
import { globalPlatform } from '../platform.js';
import type { UploadClient } from './upload-run.js';
import type { SendRequest } from './upload-ports.js';

const BYTES = Uint8Array.from({ length: 120 }, (_none, index) => index);
const SESSION = {
  id: 'u',
  status: 'OPEN' as const,
  strategy: 'MULTIPART' as const,
  byteSize: 25,
  receivedBytes: 0,
  chunkSize: 10,
  expiresAt: '2100-01-01T00:00:00Z',
  recording: null,
  error: null,
};

type Answer = number | 'cut';

/** A store with parts, and the API that signs for it. */
function setUp(stored: Record<number, number>, answers: Answer[] = [], size = 25) {
  const parts = new Map(Object.entries(stored).map(([number, byteSize]) => [Number(number), byteSize]));
  const sent: [string, number[]][] = [];
  const signed: number[][] = [];
  const progress: number[] = [];
  const request = (_document: unknown, variables: { numbers?: number[] }) => {
    if (!variables.numbers)
      return {
        upload: { uploadedParts: [...parts].map(([number, byteSize]) => ({ number, byteSize, etag: '' })) },
      };
    signed.push(variables.numbers);
    const expiresAt = '2100-01-01T00:00:00Z';
    return {
      upload: {
        parts: variables.numbers.map((number) => ({ number, url: `part-${number}`, headers: [], expiresAt })),
      },
    };
  };
  const client = {
    request: (...asked: Parameters<typeof request>) => Promise.resolve(request(...asked)),
    upload: () => Promise.resolve(SESSION),
  };
  const source = fromBytes(BYTES.subarray(0, size));
  let record: UploadRecord = {
    ...NEW_RECORD,
    id: 'j',
    target: { callLogId: 'c' },
    file: { uri: 'f' },
    byteSize: size,
    sha256: '',
    enqueuedAt: 0,
    order: 0,
    keepsFile: false,
    uploadId: SESSION.id,
  };
  const context = {
    client: client as unknown as UploadClient,
    sender: ({ url, body }: SendRequest) => {
      const answer = answers.shift() ?? 200;
      sent.push([url, [...(body as Uint8Array)]]);
      if (answer === 'cut') return Promise.reject(new Error('The connection broke.'));
      if (answer === 200) parts.set(Number(url.slice('part-'.length)), (body as Uint8Array).length);
      return Promise.resolve({ status: answer, header: () => null, text: '' });
    },
    source: {
      ...source,
      bytes: (offset: number, length: number) => Promise.resolve(BYTES.subarray(offset, offset + length)),
    },
    clock: globalPlatform(),
    signal: new AbortController().signal,
    record: () => record,
    save: (change: Partial<UploadRecord>) => {
      record = { ...record, ...change };
      return Promise.resolve();
    },
    show: () => undefined,
    progress: (bytes: number) => void progress.push(bytes),
    isWaitedFor: () => false,
  };
  return {
    run: () => sendParts(context, { ...SESSION, byteSize: size }),
    sent,
    signed,
    progress,
    record: () => record,
  };
}

it('sends every part from its place, the last one shorter', async () => {
  const { run, sent, progress } = setUp({});
  expect(await run()).toBe('finalize');
  expect(sent).toEqual([
    ['part-1', [...BYTES.subarray(0, 10)]],
    ['part-2', [...BYTES.subarray(10, 20)]],
    ['part-3', [...BYTES.subarray(20, 25)]],
  ]);
  expect(progress).toEqual([10, 20, 25]);
});

it('leaves what the store has, and sends again what it has cut short', async () => {
  const { run, sent, progress } = setUp({ 1: 10, 2: 7 });
  expect(await run()).toBe('finalize');
  expect(sent.map(([url]) => url)).toEqual(['part-2', 'part-3']);
  expect(progress).toEqual([20, 25]);
});

it('has a part signed again that was refused, and turns to chunks when that is refused too', async () => {
  const once = setUp({ 1: 10, 2: 10 }, [403]);
  expect(await once.run()).toBe('finalize');
  expect(once.signed).toEqual([[3], [3]]);
  const ever = setUp({ 1: 10, 2: 10 }, [403, 403]);
  expect(await ever.run()).toBe('chunk');
});

it('keeps what the store has, however often the line breaks', async () => {
  const cutOnce: Answer[] = ['cut', 200];
  const answers: Answer[] = [200, 200, 200, 200, ...cutOnce, 200, 200, 200, 'cut', 'cut', 'cut'];
  const { run, sent, record } = setUp({}, answers, 120);
  for (let cuts = 0; cuts < 4; cuts += 1)
    await expect(run()).rejects.toThrow('The store could not be reached.');
  expect(record()).toMatchObject({ useChunks: false, uploadId: 'u' });
  expect(await run()).toBe('finalize');
  expect(sent.map(([url]) => Number(url.slice('part-'.length)))).toEqual([
    1, 2, 3, 4, 5, 5, 6, 7, 8, 9, 9, 9, 9, 10, 11, 12,
  ]);
  expect(record().directFailures).toBe(0);
});

it('turns to chunks where no part ever reaches the store', async () => {
  const { run, record } = setUp({}, ['cut', 'cut']);
  await expect(run()).rejects.toThrow('The store could not be reached.');
  expect(record()).toMatchObject({ useChunks: false, uploadId: 'u' });
  await expect(run()).rejects.toThrow('The store could not be reached.');
  expect(record()).toMatchObject({ useChunks: true, uploadId: undefined });
});
