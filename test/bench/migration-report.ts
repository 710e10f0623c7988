import { alignedTable, median } from './report.js';

/** Calls at once: where a run is compared with a bare loop, and with batches. */
export const CONCURRENCY = { loop: 10, batches: 50 } as const;
export type Way = keyof typeof CONCURRENCY;

/** A run's items per second, at least so many times those of this way. */
export const BARS: Readonly<Record<Way, number>> = { loop: 0.8, batches: 2 };

/** Items per second of one round, at the concurrency of the way. */
export interface Pair {
  run: number;
  other: number;
}

export type MigrationRound = Record<Way, Pair>;

export interface MigrationLine {
  way: Way;
  concurrency: number;
  /** Items per second: medians. */
  run: number;
  other: number;
  /** The median of the rounds' own ratios. */
  ratio: number;
  bar: number;
  missed: boolean;
}

const NAMES: Readonly<Record<Way, string>> = {
  loop: 'bare undici to storage',
  batches: 'batches, each waits for its slowest',
};

export function summariseMigration(rounds: readonly MigrationRound[]): MigrationLine[] {
  return (Object.keys(CONCURRENCY) as Way[]).map((way) => {
    const pairs = rounds.map((round) => round[way]);
    const ratio = median(pairs.map(({ run, other }) => run / other));
    return {
      way,
      concurrency: CONCURRENCY[way],
      run: median(pairs.map(({ run }) => run)),
      other: median(pairs.map(({ other }) => other)),
      ratio,
      bar: BARS[way],
      missed: ratio < BARS[way],
    };
  });
}

export function migrationTable(lines: readonly MigrationLine[]): string {
  const head = ['against', 'at once', 'its items/s', "a run's items/s", 'ratio', 'bar', ''];
  return alignedTable(
    head,
    lines.map((line) => [
      NAMES[line.way],
      String(line.concurrency),
      line.other.toFixed(1),
      line.run.toFixed(1),
      line.ratio.toFixed(2),
      `≥ ${line.bar.toFixed(1)}`,
      line.missed ? 'MISSED' : 'held',
    ]),
  );
}
