import { readFileSync } from 'node:fs';
import { bufferSource, type ByteSource } from './byte-source.js';
import { identify } from './identify.js';
import { NotAudio } from './not-audio.js';
import { probe, type Probe } from './probe.js';
import { sniff } from './sniff.js';
import { TYPES } from './sniffed.js';

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../../test/fixtures/${name}`, import.meta.url));

async function look(bytes: Uint8Array): Promise<Probe> {
  const source = bufferSource(bytes);
  const sniffed = await identify(source);
  if (!sniffed) throw new Error('not recognised');
  return probe(source, sniffed);
}

/** The call lasts 33,518.25 ms: 268,146 samples at 8 kHz, counted in the WAV file. */
const CALL_MS = 33_518.25;

describe('probe: the fixtures', () => {
  it.each([
    ['call.aac', 'aac', 16000, 1, 33_600], // 525 frames of 64 ms; ADTS cannot say which samples to drop
    ['call.m4a', 'aac', 16000, 1, CALL_MS],
    ['call.mp3', 'mp3', 16000, 1, CALL_MS],
    ['call.ogg', 'opus', 48000, 1, CALL_MS],
    ['call.webm', 'opus', 16000, 1, CALL_MS],
    ['call.wav', 'pcm_s16le', 8000, 1, CALL_MS],
    ['call.3gp', 'aac', 16000, 1, CALL_MS],
    ['call-amr.3gp', 'amr_nb', 8000, 1, CALL_MS],
    ['call.amr', 'amr_nb', 8000, 1, CALL_MS],
  ])('%s is %s, %d Hz, %d channel', async (name, codec, sampleRate, channels, ms) => {
    const { durationMs = NaN, ...facts } = await look(fixture(name));
    expect(facts).toEqual({ codec, sampleRate, channels, truncated: false });
    expect(Number.isInteger(durationMs)).toBe(true);
    expect(Math.abs(durationMs - ms)).toBeLessThan(50);
  });

  it.each(['call.m4a', 'call.wav', 'call.webm', 'call.mp3'])('reads the headers of %s only', async (name) => {
    const bytes = fixture(name);
    let bytesRead = 0;
    const source: ByteSource = {
      byteSize: bytes.length,
      read: async (offset, length) => {
        bytesRead += length;
        return bytes.subarray(offset, offset + length);
      },
    };
    await probe(source, sniff(bytes) ?? TYPES.amr);
    expect(bytesRead).toBeLessThanOrEqual(48 * 1024);
  });
});

describe('probe: cut in half', () => {
  it.each([
    ['call.aac', 'aac'],
    ['call.amr', 'amr_nb'],
    ['call.ogg', 'opus'],
    ['call.wav', 'pcm_s16le'],
    ['call.webm', 'opus'],
    ['call.mp3', 'mp3'],
  ])('%s is truncated', async (name, codec) => {
    const whole = fixture(name);
    const { truncated, codec: found } = await look(whole.subarray(0, Math.floor(whole.length / 2) + 7));
    expect({ truncated, found }).toEqual({ truncated: true, found: codec });
  });

  it.each(['call.m4a', 'call.3gp', 'call-amr.3gp'])(
    '%s, its moov behind, holds nothing to play',
    async (name) => {
      const whole = fixture(name);
      const half = look(whole.subarray(0, whole.length / 2));
      await expect(half).rejects.toThrow(NotAudio);
      await expect(half).rejects.toMatchObject({ truncated: true });
    },
  );

  it('counts what is there of frames', async () => {
    const wav = fixture('call.wav');
    expect((await look(wav.subarray(0, 44 + 16_000))).durationMs).toBe(1000);
    const amr = fixture('call.amr');
    expect((await look(amr.subarray(0, 6 + 13 * 3))).durationMs).toBe(60);
  });
});

describe('probe: sources', () => {
  it('rejects with the source’s own error', async () => {
    const source: ByteSource = { byteSize: 100, read: async () => Promise.reject(new Error('disk gone')) };
    await expect(probe(source, TYPES.amr)).rejects.toThrow('disk gone');
  });

  it('does not take a source that shrank for a damaged file', async () => {
    const source: ByteSource = { byteSize: 100_000, read: async () => new Uint8Array(10) };
    const failure = await probe(source, TYPES.wav).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toBeInstanceOf(NotAudio);
  });

  it('stops at an abort, before the next read', async () => {
    const bytes = fixture('call.aac');
    const abort = new AbortController();
    let reads = 0;
    const source: ByteSource = {
      byteSize: bytes.length,
      read: async (offset, length) => {
        reads += 1;
        abort.abort(new Error('stop'));
        return bytes.subarray(offset, offset + length);
      },
    };
    await expect(probe(source, TYPES.aac, { signal: abort.signal })).rejects.toThrow('stop');
    expect(reads).toBe(1);
  });
});
