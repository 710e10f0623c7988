export interface Progress {
  /** Never less than what was told before. */
  readonly sentBytes: number;
  readonly bytesPerSecond: number | undefined;
  readonly secondsLeft: number | undefined;
}

/** Told at least so often, and otherwise at each hundredth of the file. */
const TELL_EVERY_MS = 1000;
/** How fast the shown speed follows the measured one: a time constant. */
const SMOOTHING_MS = 3000;
const SHORTEST_SAMPLE_MS = 50;

/** Turns what was sent into what is shown: monotonic, with a smoothed speed, and not more often than a person sees. */
export class ProgressMeter {
  #speed: number | undefined;
  #sampleAt: number;
  #sampleBytes = 0;
  #toldAt = Number.NEGATIVE_INFINITY;
  #told: number;

  /** @param shown bytes that were shown already, in an earlier run */
  constructor(
    private readonly byteSize: number,
    shown: number,
    private readonly now: () => number,
  ) {
    this.#told = shown;
    this.#sampleAt = now();
  }

  /** Where this try begins: what the server has counts as sent, and not as speed. */
  begin(sentBytes: number): void {
    this.#sampleBytes = sentBytes;
    this.#sampleAt = this.now();
    this.#speed = undefined;
  }

  /** What to show now; undefined when it is too little to tell. */
  note(sentBytes: number): Progress | undefined {
    this.#measure(sentBytes);
    const next = Math.max(this.#told, Math.min(sentBytes, this.byteSize));
    const isWorthIt =
      next === this.byteSize ||
      next - this.#told >= this.byteSize / 100 ||
      this.now() - this.#toldAt >= TELL_EVERY_MS;
    if (!isWorthIt || (next === this.#told && next === this.byteSize)) return undefined;
    this.#told = next;
    this.#toldAt = this.now();
    const speed = this.#speed;
    const isSpeedKnown = speed !== undefined && speed > 0;
    return {
      sentBytes: next,
      bytesPerSecond: isSpeedKnown ? Math.round(speed) : undefined,
      secondsLeft: isSpeedKnown ? Math.ceil((this.byteSize - Math.min(sentBytes, next)) / speed) : undefined,
    };
  }

  #measure(sentBytes: number): void {
    const elapsed = this.now() - this.#sampleAt;
    if (elapsed < SHORTEST_SAMPLE_MS) return;
    const measured = (Math.max(0, sentBytes - this.#sampleBytes) * 1000) / elapsed;
    const weight = 1 - Math.exp(-elapsed / SMOOTHING_MS);
    this.#speed = this.#speed === undefined ? measured : this.#speed + weight * (measured - this.#speed);
    this.#sampleAt = this.now();
    this.#sampleBytes = sentBytes;
  }
}
