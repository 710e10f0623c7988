import { opusPacketSeconds } from './opus-packet.js';

describe('opusPacketSeconds', () => {
  // RFC 6716 section 3.1: configuration in five bits, stereo in one, frame count code in two.
  it.each([
    [0, 0, 10],
    [1, 0, 20],
    [3, 0, 60],
    [11, 0, 60],
    [12, 0, 10],
    [15, 1, 40],
    [16, 0, 2.5],
    [31, 0, 20],
    [31, 2, 40],
  ])('configuration %d, code %d: %d ms', (configuration, code, ms) => {
    expect(opusPacketSeconds(Uint8Array.of((configuration << 3) | code))).toBeCloseTo(ms / 1000, 6);
  });

  it('reads the count of code 3, and nothing from nothing', () => {
    expect(opusPacketSeconds(Uint8Array.of((1 << 3) | 3, 0x83))).toBeCloseTo(0.06, 6);
    expect(opusPacketSeconds(Uint8Array.of((1 << 3) | 3))).toBe(0);
    expect(opusPacketSeconds(new Uint8Array(0))).toBe(0);
  });
});
