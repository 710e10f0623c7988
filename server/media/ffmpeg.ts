import { ProcessFailed, runBounded, type BoundedRun } from './bounded-process.js';
import type { Container } from './sniffed.js';

export interface FfmpegOptions {
  /** A path, or a name that is looked for in `searchPath`. */
  readonly command: string;
  /** Folders, as the variable PATH has them. */
  readonly searchPath: string;
  /** What one run may take. */
  readonly seconds: number;
}

/** Of a run: its address space. Decoding speech takes a tenth of it. */
const MEMORY_BYTES = 768 * 1024 * 1024;
/** Of a copy that it writes. */
const FILE_BYTES = 1024 * 1024 * 1024;
/** Hours of audio that are looked at, whatever the file claims. */
const MAX_HOURS = 12;

/** Samples in a second of what `decode` gives. */
export const PCM_RATE = 8000;
const PCM_BYTES = PCM_RATE * 2 * 3600 * MAX_HOURS;

/** Phones leave out what they take for silence, and frames may be damaged: the waveform must keep the player's time. */
const GAPS_AS_SILENCE = 'aresample=async=1';

/** The reader for each container: given by name, so that a playlist under a recording's name is never followed. */
const DEMUXERS: Readonly<Record<Container, string>> = {
  aac: 'aac',
  amr: 'amr',
  'amr-wb': 'amr',
  caf: 'caf',
  flac: 'flac',
  matroska: 'matroska',
  mp3: 'mp3',
  mp4: 'mov',
  '3gp': 'mov',
  ogg: 'ogg',
  wav: 'wav',
  webm: 'matroska',
};

/**
 * The ffmpeg of this machine, where it has one: always another process, bounded in time, memory, output and what it may
 * open (files and pipes, no address).
 */
export class Ffmpeg {
  private constructor(
    /** As it tells itself: `5.1.9-0+deb12u1`. */
    readonly version: string,
    private readonly options: FfmpegOptions,
    private readonly boundsMemory: boolean,
  ) {}

  /** Undefined where there is none, or none that answers. */
  static async detect(options: FfmpegOptions): Promise<Ffmpeg | undefined> {
    const said = await saidBy(options.command, ['-nostdin', '-version'], options);
    const version = /^ffmpeg version (\S{1,60})/.exec(said ?? '')?.[1];
    if (version === undefined) return undefined;
    const boundsMemory = (await saidBy('prlimit', ['--version'], options)) !== undefined;
    return new Ffmpeg(version, options, boundsMemory);
  }

  /**
   * The first audio track as one channel of 16 bit little-endian samples, PCM_RATE a second, in pieces of any length.
   * Throws ProcessFailed where it cannot be decoded.
   */
  decode(
    file: string,
    container: Container,
    onPcm: (piece: Buffer) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const mono = ['-af', GAPS_AS_SILENCE, '-ac', '1', '-ar', String(PCM_RATE)];
    const output = [...mono, '-c:a', 'pcm_s16le', '-f', 's16le', 'pipe:1'];
    return this.run([...input(file, container), ...output], {
      signal,
      onOutput: onPcm,
      outputBytes: PCM_BYTES,
    });
  }

  /** The first audio track as AAC in an M4A whose index stands in front. `target` is a file to be made. */
  transcode(file: string, container: Container, target: string, signal: AbortSignal): Promise<void> {
    const encode = ['-c:a', 'aac', '-b:a', '64k', '-map_metadata', '-1', '-fs', String(FILE_BYTES)];
    const output = ['-movflags', '+faststart', '-f', 'mp4', `file:${target}`];
    return this.run([...input(file, container), ...encode, ...output], {
      signal,
      onOutput: () => undefined,
      outputBytes: 0,
    });
  }

  private run(
    args: readonly string[],
    run: Pick<BoundedRun, 'signal' | 'onOutput' | 'outputBytes'>,
  ): Promise<void> {
    const { command, searchPath, seconds } = this.options;
    const limits = [`--as=${MEMORY_BYTES}`, `--cpu=${Math.ceil(seconds)}`, '--core=0', '--', command];
    return runBounded({
      ...run,
      ...(this.boundsMemory ? { command: 'prlimit', args: [...limits, ...args] } : { command, args }),
      env: { PATH: searchPath },
      seconds,
    });
  }
}

function input(file: string, container: Container): string[] {
  const quiet = ['-nostdin', '-hide_banner', '-loglevel', 'fatal', '-y'];
  // What can be decoded of a damaged file is, however little it is.
  const lenient = ['-max_error_rate', '1'];
  const bounds = ['-threads', '1', '-protocol_whitelist', 'file,pipe', '-t', String(MAX_HOURS * 3600)];
  const track = ['-map', '0:a:0', '-vn', '-sn', '-dn', '-threads', '1'];
  return [...quiet, ...lenient, ...bounds, '-f', DEMUXERS[container], '-i', `file:${file}`, ...track];
}

/** What a program says of itself, if it is there. */
async function saidBy(
  command: string,
  args: readonly string[],
  { searchPath }: FfmpegOptions,
): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  try {
    await runBounded({
      command,
      args,
      env: { PATH: searchPath },
      signal: new AbortController().signal,
      seconds: 5,
      outputBytes: 64 * 1024,
      onOutput: (piece) => pieces.push(piece),
    });
  } catch (error) {
    if (error instanceof ProcessFailed) return undefined;
    throw error;
  }
  return Buffer.concat(pieces).toString('utf8');
}
