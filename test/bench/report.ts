import { NAMES, type Name } from './contestants.js';
import type { Measure, Round } from './rounds.js';

/** Earshot's CPU time for a request, at most so many times this peer's. */
export const BARS: Readonly<Partial<Record<Name, number>>> = { yoga: 1, postgraphile: 1.2, bare: 3 };

export interface Line extends Measure {
  name: Name;
  /** Earshot's CPU time for a request divided by this server's: the median of the rounds' own ratios. */
  ratio: number;
  bar: number | undefined;
  missed: boolean;
}

export function summarise(rounds: readonly Round[]): Line[] {
  return NAMES.map((name) => {
    const of = (key: keyof Measure): number => median(rounds.map((round) => round[name][key]));
    const ratio = median(rounds.map((round) => round.earshot.cpu / round[name].cpu));
    const bar = BARS[name];
    const figures = {
      cpu: of('cpu'),
      requestsPerSecond: of('requestsPerSecond'),
      p50: of('p50'),
      p99: of('p99'),
    };
    return { name, ...figures, ratio, bar, missed: bar !== undefined && ratio > bar };
  });
}

export function toTable(lines: readonly Line[]): string {
  const head = ['server', 'CPU µs/request', 'requests/s', 'p50 ms', 'p99 ms', 'Earshot ÷ it', 'bar', ''];
  const rows = lines.map((line) => [
    line.name,
    line.cpu.toFixed(0),
    line.requestsPerSecond.toFixed(0),
    line.p50.toFixed(1),
    line.p99.toFixed(1),
    line.ratio.toFixed(2),
    line.bar === undefined ? '' : `≤ ${line.bar.toFixed(1)}`,
    line.bar === undefined ? '' : line.missed ? 'MISSED' : 'held',
  ]);
  return alignedTable(head, rows);
}

/** The first column to the left, the others to the right. */
export function alignedTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((text, column) =>
    Math.max(text.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((text, column) =>
        column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [head, ...rows].map(line).join('\n');
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? NaN;
  const high = sorted[Math.floor(middle)] ?? NaN;
  return (low + high) / 2;
}
