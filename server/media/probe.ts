import type { ByteSource } from './byte-source.js';
import { ByteWindow } from './byte-window.js';
import { probeAdts } from './formats/adts.js';
import { probeAmr } from './formats/amr.js';
import type { AudioFacts } from './formats/audio-facts.js';
import { probeCaf } from './formats/caf.js';
import { probeEbml } from './formats/ebml.js';
import { probeFlac } from './formats/flac.js';
import { probeMp4 } from './formats/mp4.js';
import { probeMpegAudio } from './formats/mpeg-audio.js';
import { probeOgg } from './formats/ogg.js';
import { probeWave } from './formats/riff.js';
import type { Container, Sniffed } from './sniffed.js';

export interface Probe {
  /** `aac`, `mp3`, `opus`, `vorbis`, `flac`, `amr_nb`, `amr_wb`, `pcm_s16le`, `pcm_mulaw` … as ffmpeg names them. */
  codec: string;
  /**
   * Whole milliseconds, as a player plays it; undefined where the file does not tell. Of a truncated file this is what
   * its header promises if it does, else what is there.
   */
  durationMs: number | undefined;
  /** Hertz. */
  sampleRate?: number | undefined;
  channels?: number | undefined;
  /** The container itself proves that bytes are missing. */
  truncated: boolean;
}

export interface ProbeOptions {
  /** Aborted: the probe rejects with its reason before the next read. */
  signal?: AbortSignal | undefined;
}

/** 24 days: what 32 bits of milliseconds hold. Anything longer is a lie of the header. */
const MAX_DURATION_MS = 2 ** 31 - 1;

const PROBES: Readonly<Record<Container, (window: ByteWindow) => Promise<AudioFacts>>> = {
  aac: probeAdts,
  amr: (window) => probeAmr(window, 'narrow'),
  'amr-wb': (window) => probeAmr(window, 'wide'),
  caf: probeCaf,
  flac: probeFlac,
  matroska: probeEbml,
  mp3: probeMpegAudio,
  mp4: probeMp4,
  '3gp': probeMp4,
  ogg: probeOgg,
  wav: probeWave,
  webm: probeEbml,
};

/**
 * Looks into a file that `sniff` named. Memory is constant (one window of 256 KiB), bytes read are at most twice the
 * file and a little, whatever the file claims. A header that tells all is read alone; frames without one are walked.
 *
 * Throws NotAudio if there is no audio in it, the source's own error if it cannot be read.
 */
export async function probe(
  source: ByteSource,
  sniffed: Sniffed,
  { signal }: ProbeOptions = {},
): Promise<Probe> {
  signal?.throwIfAborted();
  const { seconds, ...facts } = await PROBES[sniffed.container](new ByteWindow(source, signal));
  const ms = Math.round((seconds ?? NaN) * 1000);
  return { ...facts, durationMs: ms >= 0 && ms <= MAX_DURATION_MS ? ms : undefined };
}
