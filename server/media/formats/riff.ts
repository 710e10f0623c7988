import { CHUNK_PARTS, type ByteWindow } from '../byte-window.js';
import { codecWord, hasTag, latin1, pcmWord, viewOf } from '../bytes.js';
import { notAudio } from '../not-audio.js';
import type { AudioFacts } from './audio-facts.js';

interface WaveFormat {
  codec: string;
  sampleRate: number;
  channels: number;
  bytesPerSecond: number;
  /** Whether bytes per second are exact, not an average. */
  linear: boolean;
}

interface WaveChunks {
  format?: WaveFormat;
  /** From `fact`: samples per channel. */
  factSamples?: number;
  /** From `ds64` (RF64, EBU Tech 3306): the data chunk's size. */
  longDataSize?: number;
}

/** Writers to a pipe leave a size near 2 or 4 GiB in place of the one they cannot know. */
const PLACEHOLDER_SIZE = 0x7fff0000;
const EXTENSIBLE = 0xfffe;
const CODECS: Readonly<Record<number, string>> = {
  2: 'adpcm_ms',
  6: 'pcm_alaw',
  7: 'pcm_mulaw',
  0x11: 'adpcm_ima_wav',
  0x31: 'gsm_ms',
  0x55: 'mp3',
};
/** Kinds whose bytes per second follow from the header: PCM, float, A-law, mu-law. */
const LINEAR_TAGS = new Set([1, 3, 6, 7]);

/** WAV and RF64: the format chunk, then the data chunk's own size, or what is left of the file. */
export async function probeWave(window: ByteWindow): Promise<AudioFacts> {
  const head = await window.load(0, 12);
  if (head.length < 12) throw notAudio.cutOff();
  const finished = viewOf(head).getUint32(4, true) + 8 === window.byteSize;
  const chunks: WaveChunks = {};
  let offset = 12;
  for (;;) {
    const header = await window.load(offset, 8);
    if (header.length < 8) throw chunks.format && finished ? notAudio.noFrames() : notAudio.cutOff();
    window.step(CHUNK_PARTS);
    const name = latin1(header, 0, 4);
    const size = viewOf(header).getUint32(4, true);
    if (name === 'data') return dataFacts(window, chunks, offset + 8, size, finished);
    readChunk(chunks, name, await window.load(offset + 8, Math.min(size, 64)));
    offset += 8 + size + (size % 2);
  }
}

function readChunk(chunks: WaveChunks, name: string, body: Uint8Array): void {
  const view = viewOf(body);
  if (name === 'fmt ' && body.length >= 16) chunks.format = parseFormat(body);
  if (name === 'fact' && body.length >= 4) chunks.factSamples = view.getUint32(0, true);
  if (name === 'ds64' && body.length >= 16) chunks.longDataSize = Number(view.getBigUint64(8, true));
}

/** WAVEFORMATEX: format tag, channels, samples and bytes per second, block size, bits per sample. */
function parseFormat(body: Uint8Array): WaveFormat {
  const view = viewOf(body);
  const outer = view.getUint16(0, true);
  // WAVEFORMATEXTENSIBLE: the true tag leads the sub-format's GUID.
  const tag = outer === EXTENSIBLE && body.length >= 26 ? view.getUint16(24, true) : outer;
  const bits = view.getUint16(14, true);
  const sampleRate = view.getUint32(4, true);
  const linear = LINEAR_TAGS.has(tag);
  const codec = tag === 1 || tag === 3 ? pcmWord(bits, tag === 3 ? 'float' : 'int') : CODECS[tag];
  return {
    codec: codec ?? codecWord(`wav_0x${tag.toString(16)}`),
    sampleRate,
    channels: view.getUint16(2, true),
    bytesPerSecond: linear ? sampleRate * view.getUint16(12, true) : view.getUint32(8, true),
    linear,
  };
}

function dataFacts(
  window: ByteWindow,
  { format, factSamples, longDataSize }: WaveChunks,
  start: number,
  size: number,
  finished: boolean,
): AudioFacts {
  if (!format || format.sampleRate === 0 || format.channels === 0) throw notAudio.damaged();
  const there = window.byteSize - start;
  const declared = size === 0xffffffff && longDataSize !== undefined ? longDataSize : size;
  const streamed =
    declared === 0 ? !finished : declared >= PLACEHOLDER_SIZE && declared === size && declared > there;
  const truncated = !streamed && declared > there;
  const bytes = streamed ? there : Math.min(declared, there);
  if (bytes === 0) throw truncated ? notAudio.cutOff() : notAudio.noFrames();
  const { codec, sampleRate, channels, bytesPerSecond, linear } = format;
  const whole = !streamed && !truncated;
  const byBytes = bytesPerSecond > 0 ? bytes / bytesPerSecond : undefined;
  const seconds = !linear && whole && factSamples ? factSamples / sampleRate : byBytes;
  return { codec, seconds, sampleRate, channels, truncated };
}

/** Whether a head is one of a WAV file: RIFF, its 64-bit form RF64, or BW64 (ITU-R BS.2088). */
export function isWave(head: Uint8Array): boolean {
  return ['RIFF', 'RF64', 'BW64'].includes(latin1(head, 0, 4)) && hasTag(head, 8, 'WAVE');
}
