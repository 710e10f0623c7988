import { ascii, cat, hex, u32, u64, zeros } from '../../../test/support/made-up-bytes.js';
import { bufferSource } from '../byte-source.js';
import { identify } from '../identify.js';
import { probe, type Probe } from '../probe.js';

async function look(bytes: Buffer): Promise<Probe> {
  const source = bufferSource(bytes);
  const sniffed = await identify(source);
  if (!sniffed) throw new Error('not recognised');
  return probe(source, sniffed);
}

function box(type: string, ...body: Buffer[]): Buffer {
  const bytes = cat(...body);
  return cat(u32(8 + bytes.length), ascii(type), bytes);
}

describe('probe: MP4', () => {
  const config = hex('03 19 0001 00 04 11 40 15 000000 00000000 00000000 05 02 1408 06 01 02');
  const stsd = box(
    'stsd',
    u32(0),
    u32(1),
    box('mp4a', zeros(16), hex('0002 0010 00000000'), hex('3e800000'), box('esds', u32(0), config)),
  );
  const movie = (samples: number, ...rest: Buffer[]): Buffer =>
    box(
      'moov',
      box(
        'trak',
        box('tkhd', zeros(12), u32(7), zeros(60)),
        box(
          'mdia',
          box('mdhd', zeros(12), u32(16_000), u32(samples * 1024), zeros(4)),
          box('hdlr', zeros(8), ascii('soun'), zeros(13)),
          box('minf', box('stbl', stsd, box('stsz', u32(0), u32(9), u32(samples)))),
        ),
      ),
      ...rest,
    );
  const ftyp = box('ftyp', ascii('iso5'), u32(512));
  const trex = box('mvex', box('trex', u32(0), u32(7), u32(1), u32(1024), u32(0), u32(0)));
  const fragment = (id: number, trunFlags: number, ...trun: Buffer[]): Buffer =>
    cat(
      box(
        'moof',
        box('mfhd', zeros(8)),
        box('traf', box('tfhd', u32(0), u32(id)), box('trun', u32(trunFlags), ...trun)),
      ),
      box('mdat', zeros(50)),
    );

  it.each<[string, Buffer, number]>([
    ['moov in front', cat(ftyp, movie(500), box('mdat', zeros(4500))), 32_000],
    ['moov behind', cat(ftyp, box('mdat', zeros(4500)), movie(500)), 32_000],
    ['a media box to the end', cat(ftyp, movie(500), u32(0), ascii('mdat'), zeros(4500)), 32_000],
    [
      'a media box with 64 bits of size',
      cat(ftyp, u32(1), ascii('mdat'), u64(4516), zeros(4500), movie(500)),
      32_000,
    ],
    [
      'fragments of the default duration',
      cat(ftyp, movie(0, trex), fragment(7, 0, u32(25)), fragment(7, 0, u32(25))),
      3200,
    ],
    [
      'fragments that tell each duration',
      cat(ftyp, movie(0, trex), fragment(7, 0x301, u32(2), zeros(4), u32(16_000), u32(1), u32(8000), u32(1))),
      1500,
    ],
    [
      'fragments of other tracks between',
      cat(ftyp, movie(0, trex), fragment(9, 0, u32(99)), fragment(7, 0, u32(25))),
      1600,
    ],
    ['fragments behind samples', cat(ftyp, movie(25, trex), fragment(7, 0, u32(25))), 3200],
    ['zeros behind', cat(ftyp, movie(500), box('mdat', zeros(4500)), zeros(100)), 32_000],
  ])('%s', async (_name, bytes, durationMs) => {
    // The entry says 2 channels; AAC's own configuration, 1.
    expect(await look(bytes)).toEqual({
      codec: 'aac',
      sampleRate: 16_000,
      channels: 1,
      durationMs,
      truncated: false,
    });
  });

  it.each<[string, Buffer]>([
    ['in its media', cat(ftyp, movie(500), box('mdat', zeros(4500))).subarray(0, -1)],
    ['in front of its media', cat(ftyp, movie(500))],
    [
      'in a fragment',
      cat(ftyp, movie(0, trex), fragment(7, 0, u32(25)), fragment(7, 0, u32(25))).subarray(0, -1),
    ],
  ])('cut %s is truncated', async (_name, bytes) => {
    expect(await look(bytes)).toMatchObject({ codec: 'aac', truncated: true });
  });
});
