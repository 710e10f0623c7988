import { createHash, randomBytes } from 'node:crypto';
import { Sha256 } from './sha256.js';

const native = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

it.each([0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000, 100_003])('hashes %i bytes', (length) => {
  const bytes = randomBytes(length);
  expect(new Sha256().update(bytes).hex()).toBe(native(bytes));
});

it('does not mind how the bytes are cut', () => {
  const bytes = randomBytes(5000);
  const hash = new Sha256();
  for (let at = 0, step = 1; at < bytes.length; at += step, step = (step * 7) % 193)
    hash.update(bytes.subarray(at, at + step));
  expect(hash.hex()).toBe(native(bytes));
});
