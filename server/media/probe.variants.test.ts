import { readFileSync } from 'node:fs';
import { ascii, cat, hex, le32, u32, u64, zeros } from '../../test/support/made-up-bytes.js';
import { bufferSource } from './byte-source.js';
import { identify } from './identify.js';
import { probe, type Probe } from './probe.js';

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../../test/fixtures/${name}`, import.meta.url));

async function look(bytes: Buffer): Promise<Probe> {
  const source = bufferSource(bytes);
  const sniffed = await identify(source);
  if (!sniffed) throw new Error('not recognised');
  return probe(source, sniffed);
}

describe('probe: WAV', () => {
  const chunk = (name: string, body: Buffer, size = body.length): Buffer =>
    cat(ascii(name), le32(size), body);
  const format = (tag: string, bits: string, rest = ''): Buffer =>
    chunk('fmt ', hex(`${tag} 0100 401f0000 803e0000 ${bits}${rest}`));
  const wav = (...chunks: Buffer[]): Buffer =>
    cat(ascii('RIFF'), le32(4 + cat(...chunks).length), ascii('WAVE'), ...chunks);
  const pcm = format('0100', '0200 1000');
  const streamed = (size: number): Buffer =>
    cat(ascii('RIFF'), le32(size), ascii('WAVE'), pcm, chunk('data', zeros(16_000), size));

  it.each<[string, Buffer, string, number]>([
    ['16-bit PCM', wav(pcm, chunk('data', zeros(16_000))), 'pcm_s16le', 1000],
    ['mu-law', wav(format('0700', '0100 0800'), chunk('data', zeros(16_000))), 'pcm_mulaw', 2000],
    ['A-law', wav(format('0600', '0100 0800'), chunk('data', zeros(4_000))), 'pcm_alaw', 500],
    ['8-bit PCM', wav(format('0100', '0100 0800'), chunk('data', zeros(8_000))), 'pcm_u8', 1000],
    ['float', wav(format('0300', '0400 2000'), chunk('data', zeros(32_000))), 'pcm_f32le', 1000],
    [
      'an extensible format',
      wav(format('feff', '0200 1000', '1600 1000 04000000 0100'), chunk('data', zeros(16_000))),
      'pcm_s16le',
      1000,
    ],
    [
      'odd chunks in front',
      wav(chunk('LIST', zeros(3)), zeros(1), pcm, chunk('data', zeros(16_000))),
      'pcm_s16le',
      1000,
    ],
    ['chunks behind', wav(pcm, chunk('data', zeros(16_000)), chunk('LIST', zeros(40))), 'pcm_s16le', 1000],
    [
      'compressed, told by fact',
      wav(format('1100', '0004 0400'), chunk('fact', le32(12_000)), chunk('data', zeros(4_096))),
      'adpcm_ima_wav',
      1500,
    ],
    ['a stream with no size', streamed(0), 'pcm_s16le', 1000],
    ['a stream of 4 GiB', streamed(0xffffffff), 'pcm_s16le', 1000],
    ['a stream of 2 GiB', streamed(0x7ffff000), 'pcm_s16le', 1000],
    [
      'RF64',
      cat(
        ascii('RF64'),
        le32(0xffffffff),
        ascii('WAVE'),
        chunk('ds64', cat(zeros(8), u64(8000).reverse(), zeros(12))),
        pcm,
        chunk('data', zeros(8000), 0xffffffff),
      ),
      'pcm_s16le',
      500,
    ],
  ])('%s', async (_name, bytes, codec, durationMs) => {
    expect(await look(bytes)).toMatchObject({
      codec,
      durationMs,
      channels: 1,
      sampleRate: 8000,
      truncated: false,
    });
  });

  it('an RF64 whose data is missing is truncated', async () => {
    const head = cat(
      ascii('RF64'),
      le32(0xffffffff),
      ascii('WAVE'),
      chunk('ds64', cat(zeros(8), u64(2 ** 33).reverse(), zeros(12))),
      pcm,
    );
    expect(await look(cat(head, chunk('data', zeros(8000), 0xffffffff)))).toMatchObject({
      durationMs: 500,
      truncated: true,
    });
  });
});

describe('probe: MPEG audio', () => {
  /** MPEG 2 layer III, 16 kHz mono, 36 ms: by bit rate index. */
  const frame = (index: number): Buffer => {
    const bytes = zeros(Math.floor((72 * [0, 8, 16, 24, 32][index]! * 1000) / 16_000));
    bytes.set([0xff, 0xf3, (index << 4) | 0x08, 0xc4]);
    return bytes;
  };
  const several = (count: number): Buffer =>
    cat(...Array.from({ length: count }, (_, at) => frame(1 + (at % 4))));

  it.each<[string, Buffer, number]>([
    ['a variable rate with no header is counted', several(100), 3600],
    ['an ID3v1 tag behind', cat(several(100), ascii('TAG'), zeros(125)), 3600],
    ['damage between frames', cat(several(50), ascii('damage'), several(50)), 3600],
    [
      'a tag between joined files',
      cat(several(50), ascii('ID3\x04\x00\x00\x00\x00\x01\x00'), zeros(128), several(50)),
      3600,
    ],
    [
      'a VBRI header',
      cat(frame(4).fill(cat(ascii('VBRI'), zeros(6), u32(288), u32(1000)), 36, 54), frame(4)),
      36_000,
    ],
  ])('%s', async (_name, bytes, durationMs) => {
    expect(await look(bytes)).toEqual({
      codec: 'mp3',
      durationMs,
      sampleRate: 16_000,
      channels: 1,
      truncated: false,
    });
  });

  it('does not believe the header of the first of several joined files', async () => {
    const once = fixture('call.mp3');
    const { durationMs = 0 } = await look(cat(once, once, once));
    // Joined, the delay that the header would cut away is played, and its own frame counts as one.
    expect(durationMs).toBe(3 * (935 * 36));
  });

  it('a last frame that runs past the end is truncated', async () => {
    expect(await look(several(100).subarray(0, -20))).toMatchObject({ durationMs: 99 * 36, truncated: true });
  });
});

describe('probe: WebM', () => {
  const whole = fixture('call.webm');
  // Duration (44 89, 8 bytes) becomes a Void element of the same length.
  const at = whole.indexOf(hex('4489 88'));
  const recorded = cat(whole.subarray(0, at), hex('ec 89'), whole.subarray(at + 2));

  it('counts to the end of the last block where a browser wrote no duration', async () => {
    const { durationMs = 0, ...facts } = await look(recorded);
    expect(Math.abs(durationMs - 33_518)).toBeLessThan(50);
    expect(facts).toEqual({ codec: 'opus', sampleRate: 16_000, channels: 1, truncated: false });
  });

  it('does so for a segment and clusters of unknown size', async () => {
    const segment = recorded.indexOf(hex('18538067'));
    const live = cat(
      recorded.subarray(0, segment + 4),
      hex('01ffffffffffffff'),
      recorded.subarray(segment + 12),
    );
    for (
      let cluster = live.indexOf(hex('1f43b675'));
      cluster >= 0;
      cluster = live.indexOf(hex('1f43b675'), cluster + 4)
    ) {
      const sizeBytes = Math.clz32(live[cluster + 4]!) - 23;
      live.fill(0xff, cluster + 4, cluster + 4 + sizeBytes);
      live[cluster + 4] = 0xff >> (sizeBytes - 1);
    }
    const { durationMs = 0, truncated } = await look(live);
    expect(Math.abs(durationMs - 33_518)).toBeLessThan(50);
    expect(truncated).toBe(false);
    expect((await look(live.subarray(0, -40))).truncated).toBe(true);
  });
});

describe('probe: others', () => {
  /** An Ogg page of one packet. */
  function page(serial: number, flags: number, granule: number, packet: Buffer): Buffer {
    const segments = Buffer.from([
      ...Array<number>(Math.floor(packet.length / 255)).fill(255),
      packet.length % 255,
    ]);
    return cat(
      ascii('OggS\0'),
      Buffer.from([flags]),
      u64(granule).reverse(),
      le32(serial),
      zeros(8),
      Buffer.from([segments.length]),
      segments,
      packet,
    );
  }
  const opus = cat(ascii('OpusHead'), hex('01 02 3801 80bb0000 0000 00'));
  const vorbis = cat(ascii('\x01vorbis'), zeros(4), hex('01'), le32(8000), zeros(14));
  const flacInfo = cat(zeros(10), hex('01f400f0'), u32(16_000), zeros(16));
  const speech = (header: number, bytes: number): Buffer => cat(Buffer.from([header]), zeros(bytes - 1));

  it.each<[string, Buffer, Partial<Probe>]>([
    [
      'Ogg: links of two codecs and rates',
      cat(
        page(1, 2, 0, opus),
        page(1, 4, 48_312, zeros(300)),
        page(2, 2, 0, vorbis),
        page(2, 4, 16_000, zeros(600)),
      ),
      { codec: 'opus', durationMs: 3000, channels: 2 },
    ],
    [
      'Ogg: links beyond the tail that is read first',
      cat(
        page(1, 2, 0, opus),
        page(1, 4, 48_312, zeros(300)),
        page(2, 2, 0, vorbis),
        ...Array.from({ length: 10 }, () => page(2, 0, 16_000, zeros(60_000))),
      ),
      { codec: 'opus', durationMs: 3000 },
    ],
    [
      'Ogg: video in front',
      cat(
        page(5, 2, 0, ascii('\x80theora')),
        page(1, 2, 0, vorbis),
        page(5, 0, 99_999, zeros(9)),
        page(1, 4, 16_000, zeros(9)),
      ),
      { codec: 'vorbis', durationMs: 2000 },
    ],
    [
      'Ogg: FLAC',
      cat(
        page(1, 2, 0, cat(hex('7f464c414301000001'), ascii('fLaC'), u32(34), flacInfo)),
        page(1, 4, 16_000, zeros(9)),
      ),
      { codec: 'flac', durationMs: 2000 },
    ],
    [
      'FLAC',
      cat(ascii('fLaC'), u32(0x80000022), flacInfo, zeros(100)),
      { codec: 'flac', sampleRate: 8000, channels: 1, durationMs: 2000 },
    ],
    [
      'FLAC of unknown length',
      cat(ascii('fLaC'), u32(0x80000022), Buffer.from(flacInfo).fill(0, 14, 18), zeros(100)),
      { codec: 'flac', durationMs: undefined },
    ],
    [
      'AMR: every frame type that files use',
      cat(
        ascii('#!AMR\n'),
        ...[13, 14, 16, 18, 20, 21, 27, 32, 6].map((bytes, type) => speech((type << 3) | 4, bytes)),
        hex('7c'),
      ),
      { codec: 'amr_nb', durationMs: 200, truncated: false },
    ],
    [
      'AMR-WB: every frame type that files use',
      cat(
        ascii('#!AMR-WB\n'),
        ...[18, 24, 33, 37, 41, 47, 51, 59, 61, 6].map((bytes, type) => speech((type << 3) | 4, bytes)),
        hex('747c'),
      ),
      { codec: 'amr_wb', sampleRate: 16_000, durationMs: 240, truncated: false },
    ],
    [
      'AMR: junk behind',
      cat(ascii('#!AMR\n'), speech(0x3c, 32), ascii('\xff\xffjunk')),
      { durationMs: 20, truncated: false },
    ],
    [
      'CAF: PCM to the end',
      cat(
        ascii('caff\0\x01\0\0desc'),
        u64(32),
        hex('40bf400000000000'),
        ascii('lpcm'),
        u32(2),
        u32(2),
        u32(1),
        u32(1),
        u32(16),
        ascii('data'),
        hex('ffffffffffffffff'),
        zeros(4 + 16_000),
      ),
      { codec: 'pcm_s16le', sampleRate: 8000, durationMs: 1000, truncated: false },
    ],
    [
      'CAF: AAC with a packet table behind',
      cat(
        ascii('caff\0\x01\0\0desc'),
        u64(32),
        hex('40bf400000000000'),
        ascii('aac '),
        u32(0),
        u32(0),
        u32(1024),
        u32(2),
        u32(0),
        ascii('data'),
        u64(104),
        zeros(104),
        ascii('pakt'),
        u64(24),
        u64(9),
        u64(8000),
        zeros(8),
      ),
      { codec: 'aac', channels: 2, durationMs: 1000, truncated: false },
    ],
  ])('%s', async (_name, bytes, facts) => {
    expect(await look(bytes)).toMatchObject(facts);
  });
});
