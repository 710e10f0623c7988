import { LoudnessMeter } from './loudness-meter.js';
import { PeakBuilder } from './peak-builder.js';
import type { Peaks } from './peaks.js';
import { SilenceFinder, type SilenceSpan } from './silence-finder.js';

/** Milliseconds of one frame, the shortest pixel. */
const FRAME_MS = 50;
/** Root mean square of a frame below which nobody hears anything: -50 dB of full scale. */
const SILENT_RMS = 32_768 * 10 ** (-50 / 20);

/** What the sound of a recording says of it. */
export interface Measured {
  readonly durationMs: number;
  readonly peaks: Peaks;
  readonly silences: readonly SilenceSpan[];
  /** Nothing is to be heard in all of it. */
  readonly silent: boolean;
  /** Integrated, in LUFS; undefined where there is nothing above -70. */
  readonly loudness: number | undefined;
}

/** Measures 16 bit little-endian samples of one channel as they come, in constant memory. */
export class PcmMeter {
  private readonly frameSamples: number;
  private readonly peaks: PeakBuilder;
  private readonly silences = new SilenceFinder();
  private readonly loudness: LoudnessMeter;
  /** The first half of a sample whose second half is in the next piece. */
  private half: number | undefined;
  private low = 0;
  private high = 0;
  private squares = 0;
  private inFrame = 0;
  private total = 0;

  constructor(private readonly sampleRate: number) {
    this.frameSamples = Math.round((sampleRate * FRAME_MS) / 1000);
    this.peaks = new PeakBuilder(sampleRate, this.frameSamples);
    this.loudness = new LoudnessMeter(sampleRate);
  }

  add(piece: Buffer): void {
    let at = 0;
    if (this.half !== undefined && piece.length > 0) {
      this.sample(((piece.readUInt8(0) << 24) >> 16) | this.half);
      this.half = undefined;
      at = 1;
    }
    for (; at + 1 < piece.length; at += 2) this.sample(piece.readInt16LE(at));
    if (at < piece.length) this.half = piece.readUInt8(at);
  }

  /** Undefined where not a single sample came. */
  finish(): Measured | undefined {
    if (this.total === 0) return undefined;
    if (this.inFrame > 0) this.closeFrame();
    const { spans, silent } = this.silences.finish();
    return {
      durationMs: Math.round((this.total * 1000) / this.sampleRate),
      peaks: this.peaks.finish(),
      silences: spans,
      silent,
      loudness: this.loudness.finish(),
    };
  }

  private sample(sample: number): void {
    if (this.inFrame === 0) this.low = this.high = sample;
    else if (sample < this.low) this.low = sample;
    else if (sample > this.high) this.high = sample;
    this.squares += sample * sample;
    this.loudness.add(sample / 32_768);
    this.total += 1;
    this.inFrame += 1;
    if (this.inFrame === this.frameSamples) this.closeFrame();
  }

  private closeFrame(): void {
    this.peaks.add(this.low, this.high);
    const rms = Math.sqrt(this.squares / this.inFrame);
    this.silences.add(rms < SILENT_RMS, (this.inFrame * 1000) / this.sampleRate);
    this.squares = 0;
    this.inFrame = 0;
  }
}
