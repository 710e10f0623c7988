import type { Migration } from '../core/index.js';
import { count } from './format.js';
import { countsText, paceText, resultText, statusText } from './run-text.js';

/** Where a view writes: a terminal knows its width. */
export interface Output {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** How somebody sees a run go on. */
export interface RunView {
  show(run: Migration): void;
  note(text: string): void;
  end(run: Migration, exitCode: number): void;
}

/** A bar on a terminal, lines elsewhere, JSON for programs. */
export function viewFor(output: Output, json: boolean): RunView {
  if (json) return new JsonView(output);
  return output.isTTY ? new BarView(output) : new LinesView(output);
}

/** One object a line: `progress` as often as it is told, one `result` at last. */
class JsonView implements RunView {
  constructor(private readonly output: Output) {}

  show(run: Migration): void {
    this.line({ type: 'progress', run });
  }

  note(): void {
    // What is to be known stands in the run's status.
  }

  end(run: Migration, exitCode: number): void {
    this.line({ type: 'result', exitCode, run });
  }

  private line(value: object): void {
    this.output.write(`${JSON.stringify(value)}\n`);
  }
}

/** Milliseconds between two lines while nothing but the counters changes. */
const LINE_MS = 5000;

class LinesView implements RunView {
  private saidAt = 0;
  private said = '';

  constructor(
    private readonly output: Output,
    private readonly now: () => number = Date.now,
  ) {}

  show(run: Migration): void {
    const status = statusText(run);
    if (status === this.said && this.now() - this.saidAt < LINE_MS) return;
    this.said = status;
    this.saidAt = this.now();
    const { total } = run.progress;
    const counts = total === 0 ? '' : `  ${percent(run)} of ${count(total)}: ${countsText(run)}`;
    const pace = paceText(run);
    this.output.write(`${status}${counts}${pace === '' ? '' : `  (${pace})`}\n`);
  }

  note(text: string): void {
    this.output.write(`${text}\n`);
  }

  end(run: Migration): void {
    this.output.write(resultText(run));
  }
}

const BAR_CELLS = 20;
const CLEAR_LINE = '\r\u001B[2K';

class BarView implements RunView {
  constructor(private readonly output: Output) {}

  show(run: Migration): void {
    const { total, failed, deleted } = run.progress;
    const parts = [
      run.status === 'RUNNING' && total > 0 ? bar(run) : statusText(run),
      ...(total > 0 ? [`${percent(run)} of ${count(total)}`] : []),
      paceText(run),
      ...(deleted > 0 ? [`${count(deleted)} gone`] : []),
      ...(failed > 0 ? [`${count(failed)} failed`] : []),
    ];
    const line = parts.filter((part) => part !== '').join('  ');
    // A line that wraps could not be cleared.
    this.output.write(CLEAR_LINE + line.slice(0, (this.output.columns ?? 80) - 1));
  }

  note(text: string): void {
    this.output.write(`${CLEAR_LINE}${text}\n`);
  }

  end(run: Migration): void {
    this.output.write(CLEAR_LINE + resultText(run));
  }
}

function share({ progress: { total, remaining } }: Migration): number {
  return total === 0 ? 0 : (total - remaining) / total;
}

/** Never 100 % before it is through. */
const percent = (run: Migration): string => `${Math.floor(share(run) * 100)} %`;

function bar(run: Migration): string {
  const full = Math.floor(share(run) * BAR_CELLS);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)}`;
}
