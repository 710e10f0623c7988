import { execFile } from 'node:child_process';
import { mkdtemp, rm, statfs, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LocalStorage } from '../../server/storage/local-storage.js';
import { seededWav } from '../support/seeded-wav.js';
import { heardHash } from '../support/server-steps.js';
import { TestApp } from '../support/test-app.js';
import { Caller, below, collected, keysBelow, stateOf } from '../support/upload-steps.js';

const run = promisify(execFile);
const MIB = 1024 * 1024;

/** A disk of 4 MiB; undefined where nobody may mount one (only root may, and not in every container). */
async function tinyDisk(): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'earshot-disk-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${4 * MIB}`, 'earshot-test', folder]);
    return folder;
  } catch {
    await rm(folder, { recursive: true });
    return undefined;
  }
}

const disk = await tinyDisk();

if (disk !== undefined) {
  const ballast = join(disk, 'ballast');
  let app: TestApp;
  let caller: Caller;
  beforeAll(async () => {
    app = await TestApp.start({ storage: await LocalStorage.open(join(disk, 'objects')) });
    caller = await Caller.create(app);
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await run('umount', [disk]);
    await rm(disk, { recursive: true });
  });
  afterEach(() => unlink(ballast).catch(() => undefined));

  const free = async () => {
    const { bavail, bsize } = await statfs(disk);
    return bavail * bsize;
  };
  /** Leaves so many bytes of the disk free. */
  const fillBut = async (bytes: number) => writeFile(ballast, Buffer.alloc((await free()) - bytes));

  it.each(['CHUNKED', 'PUT'] as const)(
    '%s is UNAVAILABLE on a full disk, and goes on once there is room',
    async (strategy) => {
      const wav = await seededWav(`full ${strategy}`, MIB);
      const bytes = await wav.read(0, MIB);
      const { id, request } = await caller.open({ byteSize: MIB, strategy });
      const send = async (): Promise<string> => {
        if (!request) {
          const sent = caller.client.appendChunk({ uploadId: id, offset: 0, chunk: bytes });
          return sent.then(
            () => 'stored',
            (error: unknown) => (error as { code: string }).code,
          );
        }
        const answer = await fetch(request.url, { method: 'PUT', body: new Uint8Array(bytes) });
        return answer.ok ? 'stored' : ((await answer.json()) as { code: string }).code;
      };
      await fillBut(MIB / 2);
      const before = await free();
      expect(await send()).toBe('UNAVAILABLE');
      const untouched = { session: { status: 'OPEN', received_bytes: '0' }, chunks: [], objects: [] };
      expect(await stateOf(app, id)).toMatchObject(untouched);
      expect(await free()).toBe(before);
      await unlink(ballast);
      expect(await send()).toBe('stored');
      await caller.client.finalizeUpload({ uploadId: id });
      await app.ingested(id);
      const { recording } = await caller.client.upload(id);
      expect(await heardHash(caller.client, recording?.id ?? '')).toBe(`200 ${wav.sha256}`);
      await collected(app, below.upload(id));
    },
  );

  it('verifying on a full disk waits and says so, leaves nothing, and ends well once there is room', async () => {
    const wav = await seededWav('full while verified', MIB);
    const id = await caller.sent(await wav.read(0, MIB));
    await fillBut(MIB / 2);
    const before = await free();
    await caller.client.finalizeUpload({ uploadId: id });
    await app.ingested(id, 'failed');
    const { status, recording } = await caller.client.upload(id);
    expect(status).toBe('FINALIZING');
    const waiting = await caller.client.recording(recording?.id ?? '');
    expect(waiting).toMatchObject({
      status: 'PENDING',
      error: { code: 'STORAGE_UNAVAILABLE', retryable: true },
    });
    expect(waiting.nextAttemptAt).not.toBeNull();
    expect(await keysBelow(app, below.recording(recording?.id ?? ''))).toEqual([]);
    expect(await free()).toBe(before);
    await unlink(ballast);
    await app.ingested(id);
    expect(await heardHash(caller.client, recording?.id ?? '')).toBe(`200 ${wav.sha256}`);
    await collected(app, below.upload(id));
  });
}

(disk === undefined ? describe.skip : describe)('a full disk', () => {
  it('is tried, since a small one may be mounted here', () => {
    expect(disk).toBeDefined();
  });
});
