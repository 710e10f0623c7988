import { MAX_PIXELS } from './peaks.js';
import { PcmMeter, type Measured } from './pcm-meter.js';

const RATE = 8000;

type Sound = (second: number) => number;
const nothing: Sound = () => 0;
/** A sine of 1 kHz, this loud: 0 dB is full scale. */
const tone =
  (decibels: number): Sound =>
  (second) =>
    10 ** (decibels / 20) * Math.sin(2 * Math.PI * 1000 * second);

function pcm(parts: [seconds: number, sound: Sound][]): Buffer {
  const samples = parts.flatMap(([seconds, sound]) =>
    Array.from({ length: Math.round(seconds * RATE) }, (_, n) => Math.round(sound(n / RATE) * 32_767)),
  );
  const bytes = Buffer.alloc(samples.length * 2);
  samples.forEach((sample, n) => bytes.writeInt16LE(sample, n * 2));
  return bytes;
}

function measure(bytes: Buffer, step = bytes.length): Measured {
  const meter = new PcmMeter(RATE);
  for (let at = 0; at < bytes.length; at += step) meter.add(bytes.subarray(at, at + step));
  const measured = meter.finish();
  if (!measured) throw new Error('nothing was measured');
  return measured;
}

it('nothing at all is nothing', () => {
  expect(new PcmMeter(RATE).finish()).toBeUndefined();
});

describe('silence', () => {
  it.each<[string, [number, Sound][], boolean, number[][]]>([
    ['nothing but zeros', [[5, nothing]], true, [[0, 5000]]],
    ['a faint hiss', [[5, tone(-60)]], true, [[0, 5000]]],
    [
      'a click',
      [
        [2, nothing],
        [0.1, tone(-10)],
        [2, nothing],
      ],
      true,
      [
        [0, 2000],
        [2100, 4100],
      ],
    ],
    [
      'a word',
      [
        [2, nothing],
        [0.3, tone(-20)],
        [2, nothing],
      ],
      false,
      [
        [0, 2000],
        [2300, 4300],
      ],
    ],
    [
      'a short pause',
      [
        [1, tone(-20)],
        [0.9, nothing],
        [1, tone(-20)],
      ],
      false,
      [],
    ],
    [
      'a pause',
      [
        [1, tone(-20)],
        [1, nothing],
        [1, tone(-20)],
      ],
      false,
      [[1000, 2000]],
    ],
    ['a quiet voice', [[3, tone(-40)]], false, []],
    ['a moment of nothing', [[0.1, nothing]], true, []],
    ['a moment of sound', [[0.1, tone(-20)]], false, []],
  ])('%s', (_name, parts, silent, spans) => {
    const measured = measure(pcm(parts));
    expect(measured.silent).toBe(silent);
    expect(measured.silences.map(({ startMs, endMs }) => [startMs, endMs])).toEqual(spans);
  });

  it('of more than 500 spans the long ones stay', () => {
    const many: [number, Sound][] = Array.from({ length: 510 }, (_, n) => [
      [n === 300 ? 5 : 1, nothing],
      [0.05, tone(-20)],
    ]).flat() as [number, Sound][];
    const { silences } = measure(pcm(many));
    expect(silences.map(({ startMs, endMs }) => endMs - startMs)).toContain(5000);
    expect(silences.length).toBeLessThanOrEqual(500);
  });
});

describe('loudness', () => {
  /** ITU-R BS.1770-4: a sine of about 1 kHz at 0 dB in one channel is -3.01 LUFS. */
  it.each([
    [0, -3],
    [-20, -23],
    [-40, -43],
  ])('a sine at %d dB is %d LUFS', (decibels, lufs) => {
    expect(Math.abs((measure(pcm([[3, tone(decibels)]])).loudness ?? 0) - lufs)).toBeLessThan(0.15);
  });

  it('pauses do not count', () => {
    const { loudness } = measure(
      pcm([
        [3, tone(-20)],
        [6, nothing],
      ]),
    );
    expect(Math.abs((loudness ?? 0) + 23)).toBeLessThan(0.6);
  });

  it('silence has none', () => {
    expect(measure(pcm([[3, nothing]])).loudness).toBeUndefined();
  });
});

describe('peaks', () => {
  it('are the lowest and the highest of each 50 milliseconds', () => {
    const { peaks, durationMs } = measure(
      pcm([
        [0.05, () => 0.5],
        [0.05, () => -0.25],
        [0.02, tone(0)],
      ]),
    );
    expect(durationMs).toBe(120);
    expect(peaks).toMatchObject({ sampleRate: RATE, samplesPerPixel: 400, length: 3 });
    expect([...new Int8Array(peaks.data)]).toEqual([64, 64, -32, -32, -128, 127]);
  });

  it.each([1, 2, 3, 801])('are the same in pieces of %d bytes', (step) => {
    const bytes = pcm([
      [0.3, tone(-6)],
      [0.2, tone(-30)],
    ]);
    expect(measure(bytes, step)).toEqual(measure(bytes));
  });

  it('of a longer recording have longer pixels, and lose nothing that is loud', () => {
    const meter = new PcmMeter(100);
    const minutes = 40;
    const quiet = Buffer.alloc(100 * 60 * 2);
    for (let minute = 0; minute < minutes; minute++) {
      const bytes = Buffer.from(quiet);
      if (minute === 27) bytes.writeInt16LE(-32_768, 50);
      meter.add(bytes);
    }
    const { peaks } = meter.finish() ?? {};
    expect(peaks).toMatchObject({ samplesPerPixel: 20, length: (minutes * 60 * 100) / 20 });
    expect(peaks?.length).toBeLessThanOrEqual(MAX_PIXELS);
    const low = [...new Int8Array(peaks?.data ?? [])].indexOf(-128);
    expect(low / 2).toBe(Math.floor((27 * 60 * 100 + 25) / 20));
  });
});
