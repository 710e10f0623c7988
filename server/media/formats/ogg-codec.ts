import { hasTag, viewOf } from '../bytes.js';
import { parseStreamInfo } from './flac.js';

/** What the first packet of a logical stream says. */
export interface OggCodec {
  codec: string;
  sampleRate: number;
  channels: number;
  /** Samples at the front that players drop (Opus). */
  preSkip: number;
}

/** Reads an identification header: Opus (RFC 7845), Vorbis, Speex, FLAC (RFC 9639 section 10.1). Undefined for others. */
export function parseOggCodec(packet: Uint8Array): OggCodec | undefined {
  const found = parseOpus(packet) ?? parseVorbis(packet) ?? parseSpeex(packet) ?? parseFlac(packet);
  return found && found.sampleRate > 0 && found.channels > 0 ? found : undefined;
}

function parseOpus(packet: Uint8Array): OggCodec | undefined {
  if (!hasTag(packet, 0, 'OpusHead') || packet.length < 19) return undefined;
  // Granule positions count at 48 kHz whatever rate was recorded.
  return {
    codec: 'opus',
    sampleRate: 48000,
    channels: packet[9] ?? 0,
    preSkip: viewOf(packet).getUint16(10, true),
  };
}

function parseVorbis(packet: Uint8Array): OggCodec | undefined {
  if (!hasTag(packet, 0, '\u0001vorbis') || packet.length < 16) return undefined;
  return {
    codec: 'vorbis',
    sampleRate: viewOf(packet).getUint32(12, true),
    channels: packet[11] ?? 0,
    preSkip: 0,
  };
}

function parseSpeex(packet: Uint8Array): OggCodec | undefined {
  if (!hasTag(packet, 0, 'Speex   ') || packet.length < 52) return undefined;
  const view = viewOf(packet);
  const sampleRate = view.getUint32(36, true);
  return { codec: 'speex', sampleRate, channels: view.getUint32(48, true), preSkip: 0 };
}

function parseFlac(packet: Uint8Array): OggCodec | undefined {
  if (!hasTag(packet, 0, '\u007fFLAC')) return undefined;
  // Behind the mapping's 9 bytes: `fLaC`, a block header, STREAMINFO.
  const info = parseStreamInfo(packet.subarray(9 + 4 + 4));
  return info && { codec: 'flac', sampleRate: info.sampleRate, channels: info.channels, preSkip: 0 };
}
