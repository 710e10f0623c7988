import { expectSoonProbed, type HostileAudio } from '../../../test/support/hostile-audio.js';
import { ascii, hex, u32, u64, zeros } from '../../../test/support/made-up-bytes.js';
import { TYPES } from '../sniffed.js';

const GIB = 2 ** 30;
const KIB = 1024;

function box(type: string, ...body: Buffer[]): Buffer {
  const bytes = Buffer.concat(body);
  return Buffer.concat([u32(8 + bytes.length), ascii(type), bytes]);
}

const FTYP = box('ftyp', ascii('M4A '), u32(512));
const mdhd = (duration: bigint): Buffer =>
  box('mdhd', hex('01000000'), zeros(16), u32(1000), u64(duration), zeros(4));
const hdlr = (handler: string): Buffer => box('hdlr', zeros(8), ascii(handler), zeros(13));
const STSD = box('stsd', u32(0), u32(1), box('mp4a', zeros(28)));
const table = (samples: number, ...rest: Buffer[]): Buffer =>
  box('stbl', STSD, box('stsz', u32(0), u32(4), u32(samples)), ...rest);
const trak = (handler: string, duration: bigint, stbl: Buffer): Buffer =>
  box('trak', box('mdia', mdhd(duration), hdlr(handler), box('minf', stbl)));
const nested = (type: string, depth: number): Buffer => {
  let inner = zeros(0);
  for (let level = 0; level < depth; level += 1) inner = box(type, inner);
  return inner;
};

const HOSTILE: Record<string, HostileAudio> = {
  'MP4: a box of 2^60 bytes': {
    type: TYPES.mp4,
    head: Buffer.concat([FTYP, u32(1), ascii('mdat'), u64(2n ** 60n)]),
    byteSize: 2 * GIB,
    outcome: /cut off/,
    budget: 64 * KIB,
  },
  'MP4: a box of 2^64 - 1 bytes in the movie': {
    type: TYPES.mp4,
    head: Buffer.concat([FTYP, u32(0), ascii('moov'), u32(1), ascii('trak'), u64(2n ** 64n - 1n)]),
    byteSize: 2 * GIB,
    outcome: /no audio track/,
    budget: 64 * KIB,
  },
  'MP4: a box shorter than its header': {
    type: TYPES.mp4,
    head: Buffer.concat([FTYP, u32(4), ascii('moov')]),
    byteSize: GIB,
    outcome: /no audio track/,
    budget: 64 * KIB,
  },
  'MP4: a 64-bit size of 0': {
    type: TYPES.mp4,
    head: Buffer.concat([FTYP, u32(1), ascii('moov'), u64(0n)]),
    byteSize: GIB,
    outcome: /no audio track/,
    budget: 64 * KIB,
  },
  'MP4: a gigabyte of empty boxes': {
    type: TYPES.mp4,
    head: FTYP,
    filler: box('free'),
    byteSize: GIB,
    outcome: /more parts/,
    budget: 16 * KIB * KIB,
  },
  'MP4: containers nested 2,000 deep': {
    type: TYPES.mp4,
    head: Buffer.concat([FTYP, box('moov', box('trak', nested('mdia', 2000)))]),
    outcome: /no audio track/,
    budget: 128 * KIB,
  },
  'MP4: 50,000 tracks without sound': {
    type: TYPES.mp4,
    head: Buffer.concat([
      FTYP,
      box('moov', ...Array.from({ length: 50_000 }, () => box('trak', hdlr('vide')))),
    ]),
    outcome: /no audio track/,
    budget: 8 * KIB * KIB,
  },
  'MP4: video alone': {
    type: TYPES.mp4,
    head: Buffer.concat([FTYP, box('moov', trak('vide', 1000n, table(10))), box('mdat', zeros(40))]),
    outcome: /no audio track/,
    budget: 64 * KIB,
  },
  'MP4: no sample': {
    type: TYPES.mp4,
    head: Buffer.concat([FTYP, box('moov', trak('soun', 1000n, table(0))), box('mdat')]),
    outcome: /no sound/,
    budget: 64 * KIB,
  },
  'MP4: a sound track with no description': {
    type: TYPES.mp4,
    head: Buffer.concat([FTYP, box('moov', trak('soun', 1000n, box('stbl'))), box('mdat')]),
    outcome: /damaged/,
    budget: 64 * KIB,
  },
  'MP4: a duration of 2^62 ms': {
    type: TYPES.mp4,
    head: Buffer.concat([FTYP, box('moov', trak('soun', 2n ** 62n, table(9))), box('mdat', zeros(36))]),
    outcome: undefined,
    budget: 64 * KIB,
  },
  'MP4: an edit list that claims 2^32 entries': {
    type: TYPES.mp4,
    head: Buffer.concat([
      FTYP,
      box(
        'moov',
        box(
          'trak',
          box('edts', box('elst', u32(0), u32(2 ** 32 - 1))),
          box('mdia', mdhd(5000n), hdlr('soun'), box('minf', table(9))),
        ),
      ),
      box('mdat', zeros(36)),
    ]),
    outcome: 5000,
    budget: 64 * KIB,
  },
  'MP4: a fragment run that claims 2^32 samples': {
    type: TYPES.mp4,
    head: Buffer.concat([
      FTYP,
      box(
        'moov',
        trak('soun', 0n, table(0)),
        box('mvex', box('trex', u32(0), u32(0), u32(1), u32(20), u32(0), u32(0))),
      ),
      box(
        'moof',
        box('traf', box('tfhd', u32(0), u32(0)), box('trun', u32(0x100), u32(2 ** 32 - 1), u32(20), u32(20))),
      ),
      box('mdat', zeros(8)),
    ]),
    outcome: 40,
    budget: 64 * KIB,
  },
};

describe('probe: hostile MP4 files end soon, in constant memory', () => {
  it.each(Object.entries(HOSTILE))('%s', (_name, audio) => expectSoonProbed(audio));
});
