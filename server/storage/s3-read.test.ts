import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { guardedBody } from './s3-read.js';

const IDLE_MS = 50;
const guard = { idleMs: IDLE_MS, fault: (cause: unknown) => new Error('the store is at fault', { cause }) };

/** Keeps this thread from hearing of anything. */
function beBusy(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

it('a store that falls silent is at fault', async () => {
  const source = new PassThrough();
  source.write('some bytes, and then none');
  await expect(buffer(guardedBody(source, guard))).rejects.toThrow('the store is at fault');
  expect(source.destroyed).toBe(true);
});

it('a process that was too busy to listen does not blame the store', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'earshot-read-'));
  const bytes = Buffer.alloc(300_000, 7);
  await writeFile(join(folder, 'stored'), bytes);
  // Read by other threads: the bytes are there while this one is busy.
  const read = buffer(guardedBody(createReadStream(join(folder, 'stored')), guard));
  for (let blocks = 0; blocks < 3; blocks += 1) {
    beBusy(4 * IDLE_MS);
    await new Promise((turned) => setImmediate(turned));
  }
  expect((await read).equals(bytes)).toBe(true);
  await rm(folder, { recursive: true });
});

it('a reader may pause for as long as it likes', async () => {
  const source = new PassThrough();
  const body = guardedBody(source, guard);
  source.end(Buffer.alloc(200_000));
  body.once('readable', () => undefined);
  await new Promise((passed) => setTimeout(passed, 3 * IDLE_MS));
  expect(await buffer(body)).toHaveLength(200_000);
});
