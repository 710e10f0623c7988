import { decodePeaks, encodePeaks, type Peaks } from './peaks.js';

const peaks: Peaks = {
  sampleRate: 8000,
  samplesPerPixel: 400,
  length: 2,
  data: new Uint8Array([255, 1, 128, 127]),
};

it('are written as audiowaveform reads them', () => {
  const bytes = encodePeaks(peaks);
  const header = [0, 4, 8, 12, 16, 20].map((at) => bytes.readInt32LE(at));
  expect(header).toEqual([2, 1, 8000, 400, 2, 1]);
  expect([24, 25, 26, 27].map((at) => bytes.readInt8(at))).toEqual([-1, 1, -128, 127]);
  expect(bytes).toHaveLength(28);
});

it('come back', () => {
  const { data, ...facts } = decodePeaks(encodePeaks(peaks)) ?? {};
  expect(facts).toEqual({ sampleRate: 8000, samplesPerPixel: 400, length: 2 });
  expect([...(data ?? [])]).toEqual([255, 1, 128, 127]);
});

it.each<[string, (bytes: Buffer) => Buffer]>([
  ['nothing', () => Buffer.alloc(0)],
  ['a piece', (bytes) => bytes.subarray(0, 26)],
  ['too much', (bytes) => Buffer.concat([bytes, bytes])],
  ['another version', (bytes) => bytes.fill(3, 0, 1)],
  ['16 bits', (bytes) => bytes.fill(0, 4, 5)],
  ['two channels', (bytes) => bytes.fill(2, 20, 21)],
  ['a length that is a lie', (bytes) => bytes.fill(255, 16, 20)],
])('%s are none', (_name, change) => {
  expect(decodePeaks(change(encodePeaks(peaks)))).toBeUndefined();
});
