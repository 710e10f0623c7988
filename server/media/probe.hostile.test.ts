import { expectSoonProbed, type HostileAudio } from '../../test/support/hostile-audio.js';
import { ascii, hex, le32, u32, u64, zeros } from '../../test/support/made-up-bytes.js';
import { TYPES } from './sniffed.js';

const GIB = 2 ** 30;
const KIB = 1024;

const WAVE = Buffer.concat([ascii('RIFF'), u32(0), ascii('WAVE')]);
const FORMAT = Buffer.concat([ascii('fmt '), le32(16), hex('0100 0100 401f0000 803e0000 0200 1000')]);
const EBML = hex('1a45dfa3 87 4282 84 7765626d');
/** Segment of unknown size, Tracks with one Opus track of number 1. */
const TRACKS = Buffer.concat([hex('18538067 ff 1654ae6b 90 ae 8e d78101 838102 8686'), ascii('A_OPUS')]);
const CLUSTER = hex('1f43b675 ff e78100');
const NOTHING = zeros(0);

const HOSTILE: Record<string, HostileAudio> = {
  'MP3: an ID3 tag of 256 MB, then zeros': {
    type: TYPES.mp3,
    head: hex('494433040000 7f7f7f7f'),
    byteSize: GIB,
    outcome: /no sound/,
    budget: 64 * KIB,
  },
  'MP3: an ID3 tag longer than the file': {
    type: TYPES.mp3,
    head: hex('494433040000 7f7f7f7f'),
    byteSize: 1 * KIB * KIB,
    outcome: /cut off/,
    budget: 64 * KIB,
  },
  'MP3: empty ID3 tags without end': {
    type: TYPES.mp3,
    head: NOTHING,
    filler: hex('494433040000 00000000'),
    byteSize: GIB,
    outcome: /no sound/,
    budget: 64 * KIB,
  },
  'MP3: a header of 2^32 - 1 frames': {
    type: TYPES.mp3,
    head: Buffer.concat([
      hex('fff348c4'),
      zeros(9),
      ascii('Info'),
      u32(1),
      u32(2 ** 32 - 1),
      zeros(119),
      hex('fff348c4'),
      zeros(140),
    ]),
    outcome: undefined,
    budget: 64 * KIB,
  },
  'MP3: two frames, then a gigabyte of zeros': {
    type: TYPES.mp3,
    head: Buffer.concat([hex('fff348c4'), zeros(140), hex('fff348c4'), zeros(140)]),
    byteSize: GIB,
    outcome: 72,
    budget: 512 * KIB,
  },
  'MP3: smallest frames without end': {
    type: TYPES.mp3,
    head: NOTHING,
    filler: Buffer.concat([hex('ffe318c4'), zeros(68)]),
    byteSize: 2 * GIB,
    outcome: /more parts/,
    budget: 400 * KIB * KIB,
  },
  'ADTS: a frame as short as its header': {
    type: TYPES.aac,
    head: NOTHING,
    filler: hex('fff1604000fffc'),
    byteSize: GIB,
    outcome: /no sound/,
    budget: 64 * KIB,
  },
  'ADTS: frames of 8 bytes without end': {
    type: TYPES.aac,
    head: NOTHING,
    filler: hex('fff16040011ffc00'),
    byteSize: GIB,
    outcome: /more parts/,
    budget: 64 * KIB * KIB,
  },
  'AMR: frames of one byte without end': {
    type: TYPES.amr,
    head: ascii('#!AMR\n'),
    filler: hex('7c'),
    byteSize: 2 * GIB,
    outcome: /more parts/,
    budget: 8 * KIB * KIB,
  },
  'AMR: a reserved frame type': {
    type: TYPES.amr,
    head: ascii('#!AMR\n\x4c'),
    byteSize: GIB,
    outcome: /no sound/,
    budget: 64 * KIB,
  },
  'AMR: no frame': { type: TYPES.amr, head: ascii('#!AMR\n'), outcome: /no sound/, budget: 64 * KIB },
  'WAV: empty chunks without end': {
    type: TYPES.wav,
    head: WAVE,
    filler: Buffer.concat([ascii('LIST'), u32(0)]),
    byteSize: GIB,
    outcome: /more parts/,
    budget: 64 * KIB * KIB,
  },
  'WAV: a format of no rate': {
    type: TYPES.wav,
    head: Buffer.concat([WAVE, ascii('fmt '), le32(16), zeros(16), ascii('data'), le32(8), zeros(8)]),
    outcome: /damaged/,
    budget: 64 * KIB,
  },
  'WAV: a block size of 0': {
    type: TYPES.wav,
    head: Buffer.concat([
      WAVE,
      ascii('fmt '),
      le32(16),
      hex('0100 0100 401f0000 803e0000 0000 1000'),
      ascii('data'),
      le32(8),
      zeros(8),
    ]),
    outcome: undefined,
    budget: 64 * KIB,
  },
  'WAV: a format chunk of 4 GiB': {
    type: TYPES.wav,
    head: Buffer.concat([WAVE, ascii('fmt '), le32(0xfffffff0)]),
    byteSize: GIB,
    outcome: /cut off/,
    budget: 64 * KIB,
  },
  'WAV: no data': {
    type: TYPES.wav,
    head: Buffer.concat([ascii('RIFF'), le32(28), ascii('WAVE'), FORMAT]),
    outcome: /no sound/,
    budget: 64 * KIB,
  },
  'WebM: empty elements without end': {
    type: TYPES.webm,
    head: Buffer.concat([EBML, TRACKS]),
    filler: hex('ec80'),
    byteSize: GIB,
    outcome: /more parts/,
    budget: 32 * KIB * KIB,
  },
  'WebM: masters in masters without end': {
    type: TYPES.webm,
    head: EBML,
    filler: hex('ae ff'),
    byteSize: GIB,
    outcome: /more parts/,
    budget: 32 * KIB * KIB,
  },
  'WebM: an element of almost 2^56 bytes': {
    type: TYPES.webm,
    head: Buffer.concat([EBML, TRACKS, CLUSTER, hex('a3 01fffffffffff000 81 0000 80')]),
    byteSize: GIB,
    outcome: /cut off/,
    budget: 64 * KIB,
  },
  'WebM: a cluster with no block': {
    type: TYPES.webm,
    head: Buffer.concat([EBML, TRACKS, CLUSTER]),
    outcome: /no sound/,
    budget: 64 * KIB,
  },
  'WebM: a duration that is no number': {
    type: TYPES.webm,
    head: Buffer.concat([
      EBML,
      hex('18538067 ff 1549a966 8b 4489 88 7ff8000000000000'),
      TRACKS.subarray(5),
      CLUSTER,
      hex('a3 85 81 0000 80 08'),
    ]),
    outcome: 20,
    budget: 64 * KIB,
  },
  'WebM: no audio track': {
    type: TYPES.webm,
    head: Buffer.concat([EBML, hex('18538067 ff 1654ae6b 88 ae 86 d78101 838101'), CLUSTER]),
    outcome: /no audio track/,
    budget: 64 * KIB,
  },
  'Ogg: pages of nothing without end': {
    type: TYPES.ogg,
    head: Buffer.concat([ascii('OggS\x00\x02'), zeros(20), hex('0113'), ascii('OpusHead\x01\x01'), zeros(9)]),
    filler: Buffer.concat([ascii('OggS\x00\x00'), zeros(8), hex('01'), zeros(12)]),
    byteSize: GIB,
    outcome: /more parts|no sound/,
    budget: 320 * KIB * KIB,
  },
  'Ogg: first pages without end': {
    type: TYPES.ogg,
    head: NOTHING,
    filler: Buffer.concat([ascii('OggS\x00\x02'), zeros(21)]),
    byteSize: GIB,
    outcome: /no audio track/,
    budget: 64 * KIB,
  },
  'Ogg: a granule position of 2^62': {
    type: TYPES.ogg,
    head: Buffer.concat([
      ascii('OggS\x00\x02'),
      zeros(20),
      hex('0113'),
      ascii('OpusHead\x01\x01'),
      zeros(9),
      ascii('OggS\x00\x04'),
      u64(2n ** 62n).reverse(),
      zeros(12),
      hex('0101 08'),
    ]),
    outcome: undefined,
    budget: 64 * KIB,
  },
  'FLAC: metadata without end': {
    type: TYPES.flac,
    head: Buffer.concat([ascii('fLaC'), u32(34), zeros(10), hex('01f400f0'), zeros(20)]),
    filler: u32(0x04000000),
    byteSize: GIB,
    outcome: /more parts/,
    budget: 64 * KIB * KIB,
  },
  'FLAC: metadata longer than the file': {
    type: TYPES.flac,
    head: Buffer.concat([ascii('fLaC'), u32(34), zeros(10), hex('01f400f0'), zeros(20), hex('84ffffff')]),
    byteSize: 1 * KIB * KIB,
    outcome: /cut off/,
    budget: 64 * KIB,
  },
  'CAF: empty chunks without end': {
    type: TYPES.caf,
    head: ascii('caff\x00\x01\x00\x00'),
    filler: Buffer.concat([ascii('free'), zeros(8)]),
    byteSize: GIB,
    outcome: /more parts/,
    budget: 128 * KIB * KIB,
  },
  'CAF: a description with a rate that is no number': {
    type: TYPES.caf,
    head: Buffer.concat([
      ascii('caff\x00\x01\x00\x00desc'),
      u64(32n),
      hex('7ff8000000000000'),
      ascii('lpcm'),
      zeros(20),
      ascii('data'),
      u64(8n),
      zeros(8),
    ]),
    outcome: /damaged/,
    budget: 64 * KIB,
  },
};

describe('probe: hostile files end soon, in constant memory', () => {
  it.each(Object.entries(HOSTILE))('%s', (_name, audio) => expectSoonProbed(audio));
});
