import { createHash } from 'node:crypto';
import { globalPlatform } from '../platform.js';
import { fromBytes } from './file-source.js';
import { hashOf } from './hash-source.js';

const MIB = 1024 * 1024;

it('hashes a large file, and lets other things happen meanwhile though its reads are synchronous', async () => {
  const bytes = new Uint8Array(4 * MIB + 5).map((_none, index) => index % 251);
  const read = (offset: number, length: number) => Promise.resolve(bytes.subarray(offset, offset + length));
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 0);
  const hash = await hashOf({ ...fromBytes(bytes), bytes: read }, globalPlatform());
  clearInterval(timer);
  expect(hash).toBe(createHash('sha256').update(bytes).digest('hex'));
  expect(turns).toBeGreaterThanOrEqual(4);
});
