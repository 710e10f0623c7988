import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../logger.js';

/** Seconds that one turn of one chore may take: what is left is for the next turn. */
const BUDGET = 20;

export interface Chore {
  name: string;
  /** Seconds between two turns of this chore, where each turn of the loop would be too often. */
  every?: number;
  /** Answers how many things it did. Ends soon once the signal fires: its time is over, or the process stops. */
  run(signal: AbortSignal): Promise<number>;
}

/** Runs the chores one after the other, again and again, until it is stopped. A failing chore waits for its next turn. */
export class ChoreLoop {
  private readonly stopping = new AbortController();
  private turn: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  /** When a chore that is not for every turn comes next, in milliseconds of the clock. */
  private readonly due = new Map<string, number>();

  constructor(
    private readonly chores: readonly Chore[],
    private readonly seconds: number,
    private readonly logger: Logger,
    private readonly told: (chore: string, done: number) => void,
  ) {}

  start(): void {
    this.turn = this.runAll().finally(() => {
      if (!this.stopping.signal.aborted) this.timer = setTimeout(() => this.start(), this.seconds * 1000);
    });
  }

  /** Ends the turn under way. What has not ended after so many seconds is waited for no longer. */
  async stop(seconds: number): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await Promise.race([this.turn, sleep(seconds * 1000, undefined, { ref: false })]);
  }

  private async runAll(): Promise<void> {
    for (const chore of this.chores) {
      if (this.stopping.signal.aborted) return;
      if (this.isDue(chore)) await this.runOne(chore);
    }
  }

  private async runOne(chore: Chore): Promise<void> {
    const end = new AbortController();
    const onEnd = (): void => end.abort();
    const timer = setTimeout(onEnd, BUDGET * 1000);
    this.stopping.signal.addEventListener('abort', onEnd);
    try {
      const done = await chore.run(end.signal);
      if (done === 0) return;
      this.told(chore.name, done);
      this.logger.info({ chore: chore.name, done }, 'chore done');
    } catch (error) {
      this.logger.error({ err: error, chore: chore.name }, 'chore failed');
    } finally {
      clearTimeout(timer);
      this.stopping.signal.removeEventListener('abort', onEnd);
    }
  }

  private isDue({ name, every }: Chore): boolean {
    if (every === undefined) return true;
    const now = Date.now();
    if ((this.due.get(name) ?? 0) > now) return false;
    this.due.set(name, now + every * 1000);
    return true;
  }
}
