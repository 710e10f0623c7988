/** Coefficients of a filter of second order, with a0 = 1. */
interface Biquad {
  readonly b: readonly [number, number, number];
  readonly a: readonly [number, number];
}

/** Blocks overlap by three quarters: ITU-R BS.1770-4, annex 1. */
const STEPS_IN_BLOCK = 4;
const STEP_SECONDS = 0.1;
const ABSOLUTE_GATE = -70;
const RELATIVE_GATE = 10;
/** Tenths of a LU from the absolute gate up: as fine as a loudness is told. */
const BINS = 1000;
const OFFSET = -0.691;

/**
 * Integrated loudness of one channel in LUFS (ITU-R BS.1770-4, annex 1), in constant memory: gated blocks are counted by
 * tenths of a LU.
 */
export class LoudnessMeter {
  private readonly filters: readonly [Filter, Filter];
  private readonly stepSamples: number;
  private readonly counts = new Uint32Array(BINS);
  private readonly energies = new Float64Array(BINS);
  private readonly steps: number[] = [];
  private sum = 0;
  private samples = 0;

  constructor(sampleRate: number) {
    this.filters = [new Filter(highShelf(sampleRate)), new Filter(highPass(sampleRate))];
    this.stepSamples = Math.round(sampleRate * STEP_SECONDS);
  }

  /** One sample, -1 to 1. */
  add(sample: number): void {
    const weighted = this.filters[1].next(this.filters[0].next(sample));
    this.sum += weighted * weighted;
    this.samples += 1;
    if (this.samples === this.stepSamples) this.closeStep();
  }

  /** LUFS; undefined where nothing is above the absolute gate, -70 LUFS. */
  finish(): number | undefined {
    const ungated = this.mean(0);
    if (ungated === undefined) return undefined;
    const gate = loudnessOf(ungated) - RELATIVE_GATE;
    const gated = this.mean(binOf(gate)) ?? ungated;
    return Math.round(loudnessOf(gated) * 10) / 10;
  }

  private closeStep(): void {
    this.steps.push(this.sum / this.stepSamples);
    this.sum = 0;
    this.samples = 0;
    if (this.steps.length < STEPS_IN_BLOCK) return;
    const energy = this.steps.reduce((total, step) => total + step, 0) / STEPS_IN_BLOCK;
    this.steps.shift();
    const loudness = loudnessOf(energy);
    if (loudness < ABSOLUTE_GATE) return;
    const bin = binOf(loudness);
    this.counts[bin] = (this.counts[bin] ?? 0) + 1;
    this.energies[bin] = (this.energies[bin] ?? 0) + energy;
  }

  private mean(fromBin: number): number | undefined {
    let count = 0;
    let energy = 0;
    for (let bin = fromBin; bin < BINS; bin++) {
      count += this.counts[bin] ?? 0;
      energy += this.energies[bin] ?? 0;
    }
    return count === 0 ? undefined : energy / count;
  }
}

class Filter {
  private z1 = 0;
  private z2 = 0;

  constructor(private readonly biquad: Biquad) {}

  next(x: number): number {
    const { b, a } = this.biquad;
    const y = b[0] * x + this.z1;
    this.z1 = b[1] * x - a[0] * y + this.z2;
    this.z2 = b[2] * x - a[1] * y;
    return y;
  }
}

function loudnessOf(energy: number): number {
  return energy > 0 ? OFFSET + 10 * Math.log10(energy) : -Infinity;
}

function binOf(loudness: number): number {
  return Math.min(BINS - 1, Math.max(0, Math.floor((loudness - ABSOLUTE_GATE) * 10)));
}

/** The first stage of the K weighting, its analogue prototype put to this rate. */
function highShelf(rate: number): Biquad {
  const k = Math.tan((Math.PI * 1681.974450955533) / rate);
  const q = 0.7071752369554196;
  const vh = 10 ** (3.999843853973347 / 20);
  const vb = vh ** 0.4996667741545416;
  const a0 = 1 + k / q + k * k;
  return {
    b: [(vh + (vb * k) / q + k * k) / a0, (2 * (k * k - vh)) / a0, (vh - (vb * k) / q + k * k) / a0],
    a: [(2 * (k * k - 1)) / a0, (1 - k / q + k * k) / a0],
  };
}

/** The second stage. */
function highPass(rate: number): Biquad {
  const k = Math.tan((Math.PI * 38.13547087602444) / rate);
  const q = 0.5003270373238773;
  const a0 = 1 + k / q + k * k;
  return { b: [1, -2, 1], a: [(2 * (k * k - 1)) / a0, (1 - k / q + k * k) / a0] };
}
