import { CHUNK_PARTS, type ByteWindow } from '../byte-window.js';
import { codecWord, latin1, pcmWord, viewOf } from '../bytes.js';
import { notAudio } from '../not-audio.js';
import type { AudioFacts } from './audio-facts.js';

const CODECS: Readonly<Record<string, string>> = {
  'aac ': 'aac',
  aace: 'aac',
  aach: 'aac',
  ulaw: 'pcm_mulaw',
  alaw: 'pcm_alaw',
  samr: 'amr_nb',
  sawb: 'amr_wb',
  '.mp3': 'mp3',
  ima4: 'adpcm_ima_qt',
};

interface CafFormat {
  codec: string;
  sampleRate: number;
  channels: number;
  /** 0 where packets vary. */
  packetBytes: number;
  packetFrames: number;
}

/** Apple's Core Audio Format, as iOS records linear PCM: `desc`, then `data`, with `pakt` before or behind it. */
export async function probeCaf(window: ByteWindow): Promise<AudioFacts> {
  let offset = 8;
  let format: CafFormat | undefined;
  let frames: number | undefined;
  let dataBytes: number | undefined;
  let truncated = false;
  while (offset < window.byteSize) {
    const header = await window.load(offset, 12);
    if (header.length < 12) break;
    window.step(CHUNK_PARTS);
    const name = latin1(header, 0, 4);
    const size = Number(viewOf(header).getBigInt64(4));
    const body = await window.load(offset + 12, 32);
    if (name === 'desc' && body.length === 32) format = parseDescription(body);
    if (name === 'pakt' && body.length >= 16) frames = Number(viewOf(body).getBigInt64(8));
    const there = window.byteSize - offset - 12;
    if (name === 'data') {
      // A size of -1 reaches to the end of the file; 4 bytes of edit count lead the audio.
      dataBytes = Math.max((size < 0 ? there : Math.min(size, there)) - 4, 0);
      truncated = size > there;
    }
    if (size < 0) break;
    offset += 12 + size;
  }
  if (!format) throw notAudio.cutOff();
  if (!dataBytes) throw truncated || dataBytes === undefined ? notAudio.cutOff() : notAudio.noFrames();
  const { codec, sampleRate, channels, packetBytes, packetFrames } = format;
  if (packetBytes > 0) frames = Math.floor(dataBytes / packetBytes) * packetFrames;
  return {
    codec,
    seconds: frames && frames > 0 ? frames / sampleRate : undefined,
    sampleRate,
    channels,
    truncated,
  };
}

/** CAFAudioFormat: rate as float64, format, flags, bytes and frames per packet, channels, bits. */
function parseDescription(body: Uint8Array): CafFormat {
  const view = viewOf(body);
  const sampleRate = view.getFloat64(0);
  if (!(sampleRate > 0 && sampleRate <= 1_000_000)) throw notAudio.damaged();
  const id = latin1(body, 8, 4);
  const flags = view.getUint32(12);
  const pcm = pcmWord(view.getUint32(28), (flags & 1) !== 0 ? 'float' : 'int', (flags & 2) === 0);
  return {
    codec: id === 'lpcm' ? pcm : (CODECS[id] ?? codecWord(id)),
    sampleRate,
    channels: view.getUint32(24),
    packetBytes: view.getUint32(16),
    packetFrames: view.getUint32(20),
  };
}
