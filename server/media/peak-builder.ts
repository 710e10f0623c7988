import { MAX_PIXELS, type Peaks } from './peaks.js';

/**
 * Peaks of samples that come frame by frame, in memory that does not grow with their number: when all pixels are used
 * up, each two of them become one.
 */
export class PeakBuilder {
  private readonly pixels = new Int8Array(MAX_PIXELS * 2);
  private length = 0;
  private framesPerPixel = 1;
  private frames = 0;
  private low = 0;
  private high = 0;

  constructor(
    private readonly sampleRate: number,
    /** Samples that `add` is told of at a time. */
    private readonly frameSamples: number,
  ) {}

  /** The lowest and the highest sample of one frame, -32768 to 32767. */
  add(low: number, high: number): void {
    this.low = this.frames === 0 ? low : Math.min(this.low, low);
    this.high = this.frames === 0 ? high : Math.max(this.high, high);
    this.frames += 1;
    if (this.frames === this.framesPerPixel) this.close();
  }

  finish(): Peaks {
    if (this.frames > 0) this.close();
    return {
      sampleRate: this.sampleRate,
      samplesPerPixel: this.frameSamples * this.framesPerPixel,
      length: this.length,
      data: new Uint8Array(this.pixels.buffer, 0, this.length * 2),
    };
  }

  private close(): void {
    if (this.length === MAX_PIXELS) {
      this.halve();
      // The pixel at hand is now half of one.
      if (this.frames < this.framesPerPixel) return;
    }
    this.pixels[this.length * 2] = this.low >> 8;
    this.pixels[this.length * 2 + 1] = this.high >> 8;
    this.length += 1;
    this.frames = 0;
  }

  private halve(): void {
    const { pixels } = this;
    for (let pixel = 0; pixel < MAX_PIXELS / 2; pixel++) {
      const at = pixel * 4;
      pixels[pixel * 2] = Math.min(pixels[at] ?? 0, pixels[at + 2] ?? 0);
      pixels[pixel * 2 + 1] = Math.max(pixels[at + 1] ?? 0, pixels[at + 3] ?? 0);
    }
    this.length = MAX_PIXELS / 2;
    this.framesPerPixel *= 2;
  }
}
