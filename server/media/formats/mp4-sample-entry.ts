import { codecWord, hasTag, latin1, viewOf } from '../bytes.js';
import { AAC_SAMPLE_RATES } from './adts.js';

export interface SampleEntry {
  codec: string;
  sampleRate?: number | undefined;
  channels?: number | undefined;
}

const CODECS: Readonly<Record<string, string>> = {
  mp4a: 'aac',
  samr: 'amr_nb',
  sawb: 'amr_wb',
  Opus: 'opus',
  'ac-3': 'ac3',
  'ec-3': 'eac3',
  fLaC: 'flac',
  '.mp3': 'mp3',
  ulaw: 'pcm_mulaw',
  alaw: 'pcm_alaw',
  sowt: 'pcm_s16le',
  twos: 'pcm_s16be',
};
/** Object type indication, ISO/IEC 14496-1 table 5, for what is not AAC under `mp4a`. */
const OBJECT_TYPES: Readonly<Record<number, string>> = {
  0x69: 'mp3',
  0x6b: 'mp3',
  0xdd: 'vorbis',
  0xad: 'opus',
};
/** Bytes of an AudioSampleEntry before its boxes, by QuickTime version. */
const ENTRY_BYTES = [36, 52, 72];
/** Tags of ISO/IEC 14496-1 section 7.2.6. */
const ES_DESCRIPTOR = 3;
const DECODER_CONFIG = 4;
const DECODER_SPECIFIC = 5;

/** The first entry of an audio track's `stsd` body (ISO/IEC 14496-12 section 12.2.3), or undefined without one. */
export function parseSampleEntry(stsd: Uint8Array): SampleEntry | undefined {
  const entry = stsd.subarray(8);
  if (stsd.length < 16 || viewOf(stsd).getUint32(4) === 0) return undefined;
  const format = latin1(entry, 4, 4);
  const codec = CODECS[format] ?? codecWord(format);
  if (entry.length < 36) return { codec };
  const view = viewOf(entry);
  const channels = view.getUint16(24) || undefined;
  const sampleRate = view.getUint16(32) || undefined;
  if (format === 'samr') return { codec, sampleRate: 8000, channels: 1 };
  if (format === 'sawb') return { codec, sampleRate: 16000, channels: 1 };
  const esds =
    format === 'mp4a' ? findBox(entry.subarray(ENTRY_BYTES[view.getUint16(16)] ?? 36), 'esds') : undefined;
  return { codec, sampleRate, channels, ...(esds && parseEsds(esds.subarray(4))) };
}

/** The body of a box in memory, looked for in QuickTime's `wave` as well. */
function findBox(bytes: Uint8Array, type: string): Uint8Array | undefined {
  let inner = bytes;
  while (inner.length >= 8) {
    const size = viewOf(inner).getUint32(0);
    if (size < 8) return undefined;
    if (hasTag(inner, 4, type)) return inner.subarray(8, size);
    inner = inner.subarray(hasTag(inner, 4, 'wave') ? 8 : size);
  }
  return undefined;
}

/** The codec under `mp4a`, and what its own configuration says: writers often leave 2 channels in the entry. */
function parseEsds(bytes: Uint8Array): Partial<SampleEntry> {
  const stream = descriptor(bytes, ES_DESCRIPTOR);
  if (!stream || stream.length < 3) return {};
  const flags = stream[2] ?? 0;
  const url = (flags & 0x40) !== 0 ? 1 + (stream[3] ?? 0) : 0;
  const fields = 3 + ((flags & 0x80) !== 0 ? 2 : 0) + url + ((flags & 0x20) !== 0 ? 2 : 0);
  const config = descriptor(stream.subarray(fields), DECODER_CONFIG);
  if (!config || config.length < 13) return {};
  const other = OBJECT_TYPES[config[0] ?? 0];
  if (other) return { codec: other };
  const specific = descriptor(config.subarray(13), DECODER_SPECIFIC);
  return specific ? parseAudioSpecificConfig(specific) : {};
}

/** One descriptor's body: a tag, then a size in groups of seven bits, at most four. */
function descriptor(bytes: Uint8Array, tag: number): Uint8Array | undefined {
  if (bytes[0] !== tag) return undefined;
  let size = 0;
  for (let at = 1; at <= 4; at += 1) {
    const byte = bytes[at];
    if (byte === undefined) return undefined;
    size = size * 128 + (byte & 0x7f);
    if ((byte & 0x80) === 0) return bytes.subarray(at + 1, at + 1 + size);
  }
  return undefined;
}

/** ISO/IEC 14496-3 section 1.6.2.1: 5 bits of object type, 4 of sampling frequency index, 4 of channels. */
function parseAudioSpecificConfig([b0, b1]: Uint8Array): Partial<SampleEntry> {
  if (b0 === undefined || b1 === undefined) return {};
  const sampleRate = AAC_SAMPLE_RATES[((b0 & 7) << 1) | (b1 >> 7)];
  const configuration = (b1 >> 3) & 0x0f;
  if (b0 >> 3 === 31 || sampleRate === undefined) return {};
  const channels = configuration === 7 ? 8 : configuration;
  return channels > 0 ? { sampleRate, channels } : { sampleRate };
}
