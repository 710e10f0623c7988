import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** The same spoken call in every format that phones and providers make. */
export const CALLS = [
  { file: 'call.aac', contentType: 'audio/aac', codec: 'aac' },
  { file: 'call.m4a', contentType: 'audio/mp4', codec: 'aac' },
  { file: 'call.mp3', contentType: 'audio/mpeg', codec: 'mp3' },
  { file: 'call.ogg', contentType: 'audio/ogg', codec: 'opus' },
  { file: 'call.webm', contentType: 'audio/webm', codec: 'opus' },
  { file: 'call.wav', contentType: 'audio/wav', codec: 'pcm_s16le' },
  { file: 'call.3gp', contentType: 'audio/3gpp', codec: 'aac' },
  { file: 'call-amr.3gp', contentType: 'audio/3gpp', codec: 'amr_nb' },
  { file: 'call.amr', contentType: 'audio/amr', codec: 'amr_nb' },
] as const;

export function fixture(file: string): Promise<Buffer> {
  return readFile(new URL(`../fixtures/${file}`, import.meta.url));
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
