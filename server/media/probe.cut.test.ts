import { readFileSync } from 'node:fs';
import type { ByteSource } from './byte-source.js';
import { NotAudio } from './not-audio.js';
import { probe } from './probe.js';
import { sniff } from './sniff.js';
import type { Sniffed } from './sniffed.js';

const NAMES = ['aac', 'm4a', 'mp3', 'ogg', 'webm', 'wav', '3gp', 'amr'].map(
  (extension) => `call.${extension}`,
);
const FIXTURES = [...NAMES, 'call-amr.3gp'].map((name): [string, Buffer, Sniffed] => {
  const bytes = readFileSync(new URL(`../../test/fixtures/${name}`, import.meta.url));
  const sniffed = sniff(bytes);
  if (!sniffed) throw new Error(`${name} is not recognised`);
  return [name, bytes, sniffed];
});

/** Numbers in [0, 1), the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Whatever the bytes are: facts in range or NotAudio, and no more read than the bound. */
async function outcome(bytes: Buffer, sniffed: Sniffed): Promise<'facts' | 'truncated' | 'refused'> {
  let bytesRead = 0;
  const source: ByteSource = {
    byteSize: bytes.length,
    read: async (offset, length) => {
      bytesRead += length;
      return bytes.subarray(offset, offset + length);
    },
  };
  try {
    sniff(bytes, bytes.length);
    const { durationMs = 0, codec, truncated } = await probe(source, sniffed);
    expect(codec).toMatch(/^[a-z0-9_]{2,32}$/);
    expect(Number.isInteger(durationMs) && durationMs >= 0 && durationMs < 2 ** 31).toBe(true);
    return truncated ? 'truncated' : 'facts';
  } catch (error) {
    if (!(error instanceof NotAudio)) throw error;
    return 'refused';
  } finally {
    expect(bytesRead).toBeLessThanOrEqual(2 * bytes.length + 1024 * 1024);
  }
}

describe('probe: every fixture cut at any place', () => {
  it.each(FIXTURES)('%s', async (_name, bytes, sniffed) => {
    const random = seeded(1);
    const cuts = Array.from({ length: 200 }, () => Math.floor(random() * bytes.length));
    const early = Array.from({ length: 300 }, (_, length) => length);
    for (const length of [...cuts, ...early]) await outcome(bytes.subarray(0, length), sniffed);
  });

  it.each(FIXTURES.filter(([name]) => !/\.(aac|amr|ogg)$/.test(name)))(
    '%s: no cut goes unnoticed',
    async (_name, bytes, sniffed) => {
      const random = seeded(2);
      const places = Array.from({ length: 100 }, () => 100 + Math.floor(random() * (bytes.length - 200)));
      const unnoticed: number[] = [];
      for (const at of places)
        if ((await outcome(bytes.subarray(0, at), sniffed)) === 'facts') unnoticed.push(at);
      expect(unnoticed).toEqual([]);
    },
  );
});

describe('probe: every fixture with bytes changed', () => {
  it.each(FIXTURES)('%s', async (_name, bytes, sniffed) => {
    const random = seeded(3);
    for (let round = 0; round < 200; round += 1) {
      const damaged = Buffer.from(bytes);
      // Half of the damage goes where the headers are: in front or behind.
      for (let change = 0; change < 12; change += 1) {
        const near = Math.floor(random() * 400);
        const at = [near, bytes.length - 1 - near * 7, Math.floor(random() * bytes.length)][change % 3] ?? 0;
        damaged[Math.max(at, 0)] = random() < 0.3 ? 0xff : Math.floor(random() * 256);
      }
      await outcome(damaged, sniffed);
    }
  });

  it.each(FIXTURES)('%s, read as each other container', async (_name, bytes) => {
    for (const [, , sniffed] of FIXTURES) await outcome(bytes, sniffed);
  });
});
