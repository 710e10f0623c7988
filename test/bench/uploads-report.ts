import { quantile } from './quantile.js';
import { alignedTable, median } from './report.js';

export const UPLOAD_NAMES = ['appendChunk', 'tus', '@tus/server'] as const;
export type UploadName = (typeof UPLOAD_NAMES)[number];

interface Rates {
  /** 10^6 bytes. */
  megabytesPerSecond: number;
  requestsPerSecond: number;
  /** Microseconds of the server's CPU time for a chunk. */
  cpu: number;
}

export interface UploadMeasure extends Rates {
  /** Milliseconds for each chunk. */
  times: readonly number[];
}

export type UploadRound = Record<UploadName, UploadMeasure>;

/** Chunks a second, at least so many times those of @tus/server. */
const BARS: Readonly<Partial<Record<UploadName, number>>> = { appendChunk: 0.9, tus: 1 };
/** A chunk's p99, at most so many times that of @tus/server. */
const P99_BAR = 1;

export interface UploadLine extends Rates {
  name: UploadName;
  /** Milliseconds for a chunk, of all rounds. */
  p50: number;
  p99: number;
  /** This way's chunks a second divided by those of @tus/server: the median of the rounds' own ratios. */
  ratio: number;
  p99Ratio: number;
  bar: number | undefined;
  p99Bar: number | undefined;
  missed: boolean;
  /** MiB of the server's memory that each of many concurrent uploads took at most. */
  mibPerUpload: number;
}

export function summariseUploads(
  rounds: readonly UploadRound[],
  mibPerUpload: Readonly<Record<UploadName, number>>,
): UploadLine[] {
  return UPLOAD_NAMES.map((name) => {
    const of = (key: keyof Rates): number => median(rounds.map((round) => round[name][key]));
    const ratio = median(
      rounds.map((round) => round[name].requestsPerSecond / round['@tus/server'].requestsPerSecond),
    );
    const times = timesOf(rounds, name);
    const p99 = quantile(times, 0.99);
    const p99Ratio = p99 / quantile(timesOf(rounds, '@tus/server'), 0.99);
    const bar = BARS[name];
    const p99Bar = bar === undefined ? undefined : P99_BAR;
    return {
      name,
      megabytesPerSecond: of('megabytesPerSecond'),
      requestsPerSecond: of('requestsPerSecond'),
      p50: quantile(times, 0.5),
      p99,
      cpu: of('cpu'),
      ratio,
      p99Ratio,
      bar,
      p99Bar,
      missed: bar !== undefined && (ratio < bar || p99Ratio > P99_BAR),
      mibPerUpload: mibPerUpload[name],
    };
  });
}

/** A round has too few chunks for a p99 of its own. */
function timesOf(rounds: readonly UploadRound[], name: UploadName): number[] {
  return rounds.flatMap((round) => round[name].times);
}

export function uploadsTable(lines: readonly UploadLine[]): string {
  const head = ['chunks by', 'MB/s', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs', 'MiB an upload'];
  const bars = ['÷ @tus/server', 'bar', 'its p99', 'bar', ''];
  const rows = lines.map((line) => [
    line.name,
    line.megabytesPerSecond.toFixed(0),
    line.requestsPerSecond.toFixed(0),
    line.p50.toFixed(1),
    line.p99.toFixed(1),
    line.cpu.toFixed(0),
    line.mibPerUpload.toFixed(2),
    line.ratio.toFixed(2),
    line.bar === undefined ? '' : `≥ ${line.bar.toFixed(1)}`,
    line.p99Ratio.toFixed(2),
    line.p99Bar === undefined ? '' : `≤ ${line.p99Bar.toFixed(1)}`,
    line.bar === undefined ? '' : line.missed ? 'MISSED' : 'held',
  ]);
  return alignedTable([...head, ...bars], rows);
}
