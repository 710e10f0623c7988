import { createHmac } from 'node:crypto';
import { HmacKey } from './hmac-key.js';

describe('HmacKey', () => {
  it.each([0, 1, 20, 32, 63, 64, 65, 200])('equals createHmac with a key of %i bytes', (length) => {
    const key = Buffer.from(Array.from({ length }, (_, index) => (index * 37 + 5) & 255));
    const ours = new HmacKey(key);
    for (const text of [
      '',
      'a',
      'long '.repeat(10),
      'x'.repeat(170),
      'x'.repeat(171),
      'x'.repeat(5000),
      'é😀'.repeat(90),
      'a',
    ]) {
      expect(ours.sign(text)).toBe(createHmac('sha256', key).update(text).digest('hex'));
    }
  });
});
