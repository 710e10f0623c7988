import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ProcessFailed } from '../media/bounded-process.js';
import { PCM_RATE, type Ffmpeg } from '../media/ffmpeg.js';
import { fileSource } from '../media/file-source.js';
import { identify } from '../media/identify.js';
import { NotAudio } from '../media/not-audio.js';
import { PcmMeter, type Measured } from '../media/pcm-meter.js';
import { playbackPlan, type PlaybackPlan } from '../media/playback-plan.js';
import { probe } from '../media/probe.js';
import { NotRemuxable } from '../media/not-remuxable.js';
import { TYPES, type Container } from '../media/sniffed.js';
import type { Storage } from '../storage/storage.js';
import { parseStoredPath } from './stored-path.js';

/** A stored original. */
export interface MediaSource {
  readonly path: string;
  readonly contentType: string | null;
  readonly codec: string | null;
}

/** A file in the folder that was given. */
export interface MadeFile {
  readonly file: string;
  readonly byteSize: number;
}

export interface MadeMedia {
  /** Undefined: it could not be decoded, or nobody tried. */
  readonly measured: Measured | undefined;
  /** Undefined: the original plays everywhere, or no copy could be made. */
  readonly copy: MadeFile | undefined;
  /** What the bytes could not be decoded for. */
  readonly error: string | null;
}

/** Makes what players need out of a recording's bytes. Whatever they are, it ends in time and leaves nothing behind. */
export class MediaMaker {
  constructor(
    private readonly storage: Storage,
    private readonly ffmpeg: Ffmpeg | undefined,
  ) {}

  /** Throws the store's faults and the signal's reason; what the bytes are to blame for is told. */
  async make(
    source: MediaSource,
    withCopy: boolean,
    folder: string,
    signal: AbortSignal,
  ): Promise<MadeMedia> {
    const container = containerOf(source.contentType);
    const plan = container && withCopy ? playbackPlan(container, source.codec ?? '') : 'none';
    const nothing = { measured: undefined, copy: undefined, error: null };
    if (!container || (!this.ffmpeg && plan !== 'remux')) return nothing;
    const original = join(folder, 'original');
    await this.download(source.path, original, signal);
    const faults: string[] = [];
    const measured = await blamed(faults, () => this.measure(original, container, signal));
    const copy = await blamed(faults, () => this.copy(plan, original, container, folder, signal));
    return {
      measured,
      copy,
      error: measured || !this.ffmpeg ? null : (faults[0] ?? 'there is no sound in it'),
    };
  }

  private async download(path: string, file: string, signal: AbortSignal): Promise<void> {
    const body = await this.storage.get(parseStoredPath(path).key, { signal });
    await pipeline(body, createWriteStream(file, { flags: 'wx', mode: 0o600 }), { signal });
  }

  private async measure(
    file: string,
    container: Container,
    signal: AbortSignal,
  ): Promise<Measured | undefined> {
    if (!this.ffmpeg) return undefined;
    const meter = new PcmMeter(PCM_RATE);
    await this.ffmpeg.decode(file, container, (piece) => meter.add(piece), signal);
    return meter.finish();
  }

  private async copy(
    plan: PlaybackPlan,
    original: string,
    container: Container,
    folder: string,
    signal: AbortSignal,
  ): Promise<MadeFile | undefined> {
    const file = join(folder, 'copy.m4a');
    switch (plan) {
      case 'none':
        return undefined;
      case 'remux':
        await remuxFile(original, file, signal);
        break;
      case 'transcode':
        if (!this.ffmpeg) return undefined;
        await this.ffmpeg.transcode(original, container, file, signal);
    }
    return { file, byteSize: await assertPlays(file, signal) };
  }
}

function containerOf(contentType: string | null): Container | undefined {
  return Object.values(TYPES).find((type) => type.contentType === contentType)?.container;
}

async function remuxFile(original: string, copy: string, signal: AbortSignal): Promise<void> {
  // Loaded when there is something to do: most processes, and most recordings, never need it.
  const { remuxToM4a } = await import('../media/remux.js');
  await using file = await open(original, 'r');
  await remuxToM4a(await fileSource(file), copy, signal);
}

/** Answers its bytes. A copy that is cut off, or holds no AAC, is none. */
async function assertPlays(copy: string, signal: AbortSignal): Promise<number> {
  await using file = await open(copy, 'r');
  const source = await fileSource(file);
  const sniffed = await identify(source, { signal });
  if (sniffed?.contentType !== TYPES.mp4.contentType) throw new NotAudio('The copy is no M4A.');
  const { codec, truncated } = await probe(source, sniffed, { signal });
  if (codec !== 'aac' || truncated) throw new NotAudio('The copy cannot be played.');
  return source.byteSize;
}

/** Undefined where the bytes are to blame, which is added to what they are blamed for. */
async function blamed<T>(faults: string[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const isOfBytes =
      error instanceof NotRemuxable ||
      error instanceof NotAudio ||
      (error instanceof ProcessFailed && error.reason !== 'missing');
    if (!isOfBytes) throw error;
    faults.push(error.message);
    return undefined;
  }
}
