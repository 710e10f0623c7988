import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { partBytes, partsOf } from './s3-parts.js';
import { LengthMismatch } from './storage.js';

const MIB = 1024 * 1024;

function* pieces(total: number, size: number): Generator<Buffer> {
  for (let offset = 0; offset < total; offset += size)
    yield Buffer.alloc(Math.min(size, total - offset), offset % 251);
}

async function cut(total: number, size: number, byteSize?: number) {
  const hash = createHash('sha256');
  const sizes: number[] = [];
  const flags: boolean[] = [];
  for await (const part of partsOf(Readable.from(pieces(total, size)), { byteSize })) {
    expect(part.number).toBe(sizes.length + 1);
    expect(part.md5).toBe(createHash('md5').update(part.bytes).digest('base64'));
    expect(part.sha256).toBe(createHash('sha256').update(part.bytes).digest('hex'));
    hash.update(part.bytes);
    sizes.push(part.bytes.length);
    flags.push(part.isLast);
  }
  expect(flags.indexOf(true)).toBe(flags.length - 1);
  return { sizes, sha256: hash.digest('hex') };
}

describe('partsOf', () => {
  it.each([
    [0, 1, [0]],
    [1, 1, [1]],
    [8 * MIB - 1, 64 * 1024, [8 * MIB - 1]],
    [8 * MIB, 64 * 1024, [8 * MIB]],
    [8 * MIB + 1, 64 * 1024, [8 * MIB, 1]],
    [16 * MIB, 5_000_000, [8 * MIB, 8 * MIB]],
    [17 * MIB, 17 * MIB, [8 * MIB, 8 * MIB, MIB]],
    [20 * MIB, 9 * MIB, [8 * MIB, 8 * MIB, 4 * MIB]],
  ])(
    'cuts %i bytes that come %i at a time into %j, their length known or not',
    async (total, size, expected) => {
      const whole = createHash('sha256');
      for (const piece of pieces(total, size)) whole.update(piece);
      const sha256 = whole.digest('hex');
      expect(await cut(total, size)).toEqual({ sizes: expected, sha256 });
      expect(await cut(total, size, total)).toEqual({ sizes: expected, sha256 });
    },
  );

  it.each([
    [10, 11],
    [10, 9],
    [0, 1],
    [9 * MIB, 9 * MIB + 1],
  ])('never gives a last part for %i bytes where %i were declared', async (total, declared) => {
    const body = Readable.from(pieces(total, 64 * 1024));
    const seen: boolean[] = [];
    await expect(async () => {
      for await (const { isLast } of partsOf(body, { byteSize: declared })) seen.push(isLast);
    }).rejects.toBeInstanceOf(LengthMismatch);
    expect(seen).not.toContain(true);
    expect(body.destroyed).toBe(true);
  });

  it('destroys the body when it is left early', async () => {
    const body = Readable.from(pieces(20 * MIB, 64 * 1024));
    for await (const part of partsOf(body, {})) {
      expect(part.isLast).toBe(false);
      break;
    }
    expect(body.destroyed).toBe(true);
  });
});

describe('partBytes', () => {
  it.each([
    [1, undefined, 8],
    [1000, undefined, 8],
    [1001, undefined, 16],
    [10_000, undefined, 80],
    [1, 1, 8],
    [1, 80_000 * MIB, 8],
    [7, 80_000 * MIB + 1, 9],
    [1, 5 * 1024 ** 4, 525],
  ])('part %i of %p bytes has %i MiB', (number, byteSize, expected) => {
    expect(partBytes(number, byteSize)).toBe(expected * MIB);
  });

  it('holds 430 GiB of unknown length in 10,000 parts', () => {
    let sum = 0;
    for (let number = 1; number <= 10_000; number += 1) sum += partBytes(number);
    expect(Math.round(sum / 1024 ** 3)).toBe(430);
  });
});
