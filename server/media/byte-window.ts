import type { ByteSource } from './byte-source.js';
import { notAudio } from './not-audio.js';

/** The first read, and each one after a jump. */
const SMALL_READ = 16 * 1024;
/** What a walk in order grows to: constant memory, and some hundred reads for an hour of audio. */
const LARGE_READ = 256 * 1024;
/** Frames or elements looked at in one file: 14 hours in frames of 20 ms. */
const MAX_PARTS = 2_500_000;
/** What one chunk counts for where whole files have some dozens: RIFF, CAF, FLAC. */
export const CHUNK_PARTS = 500;
/** What a parser may read beyond twice the file, so that small files are never in the way. */
const READ_SLACK = 1024 * 1024;

/**
 * One sliding window over a source: whatever a parser asks for, memory is bounded by the window, bytes read by twice
 * the file, and work by a count of parts. Passing a bound throws NotAudio.
 */
export class ByteWindow {
  readonly byteSize: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #nextRead = SMALL_READ;
  #bytesRead = 0;
  #parts = 0;

  constructor(
    private readonly source: ByteSource,
    private readonly signal?: AbortSignal | undefined,
  ) {
    this.byteSize = source.byteSize;
  }

  /** Counts `parts` parts of the file as looked at. */
  step(parts = 1): void {
    this.#parts += parts;
    if (this.#parts > MAX_PARTS) throw notAudio.tooManyParts();
  }

  /** The bytes from `offset`, clipped at the file's end, where the window holds them; lets hot loops stay synchronous. */
  held(offset: number, length: number): Uint8Array | undefined {
    const first = offset - this.#start;
    const end = Math.min(offset + length, this.byteSize) - this.#start;
    if (first < 0 || end < first || end > this.#bytes.length) return undefined;
    return this.#bytes.subarray(first, end);
  }

  /**
   * The bytes from `offset`, clipped at the file's end; moves the window if it must.
   * @param length at most 64 KiB: parsers ask for headers, never for payloads.
   */
  async load(offset: number, length: number): Promise<Uint8Array> {
    if (offset >= this.byteSize) return new Uint8Array(0);
    const held = this.held(offset, length);
    if (held) return held;
    this.signal?.throwIfAborted();
    await this.#move(offset, length);
    return this.#bytes.subarray(0, length);
  }

  async #move(offset: number, length: number): Promise<void> {
    const end = this.#start + this.#bytes.length;
    const inOrder = end > 0 && offset >= this.#start && offset - end < SMALL_READ;
    this.#nextRead = inOrder ? Math.min(this.#nextRead * 2, LARGE_READ) : SMALL_READ;
    const wanted = Math.min(Math.max(this.#nextRead, length), this.byteSize - offset);
    this.#bytesRead += wanted;
    if (this.#bytesRead > 2 * this.byteSize + READ_SLACK) throw notAudio.tooManyParts();
    const bytes = await this.source.read(offset, wanted);
    if (bytes.length !== wanted)
      throw new Error(`asked for ${wanted} bytes at ${offset}, got ${bytes.length}`);
    this.#bytes = bytes;
    this.#start = offset;
  }
}
