import { Latest } from '../pubsub/latest.js';
import type { PubSub } from '../pubsub/pubsub.js';
import { migrationChanged } from './migration-changed.topic.js';
import type { MigrationType } from './migration.type.js';
import { isFinal } from './run-states.js';

/** Milliseconds between two events: at most four in a second. */
const THROTTLE_MS = 250;

/**
 * A run as it is now, then at each of its changes, at most four times in a second; the last event is the one in which
 * it is over. Every event is read afresh, and counters are cumulative: whoever missed one is right again with the next.
 */
export class MigrationEvents implements AsyncIterableIterator<MigrationType> {
  private readonly latest: Latest<MigrationType>;
  private timer: NodeJS.Timeout | undefined;
  private sentAt = 0;
  private looking = false;
  private stale = false;
  private over = false;
  private closed = false;

  constructor(
    pubsub: PubSub,
    private readonly id: string,
    private readonly read: () => Promise<MigrationType>,
  ) {
    const unsubscribe = pubsub.subscribe(migrationChanged, (heard) => {
      if (heard.kind === 'missed' || heard.event.id === this.id) this.poke();
    });
    this.latest = new Latest(() => {
      this.closed = true;
      unsubscribe();
      clearTimeout(this.timer);
    });
    this.poke();
  }

  async next(): Promise<IteratorResult<MigrationType>> {
    if (this.over) return this.return();
    const result = await this.latest.next();
    if (result.done !== true && isFinal(result.value.status)) this.over = true;
    return result;
  }

  return(): Promise<IteratorResult<MigrationType>> {
    return this.latest.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private poke(): void {
    this.stale = true;
    if (this.closed || this.looking || this.timer) return;
    const wait = this.sentAt + THROTTLE_MS - Date.now();
    if (wait <= 0) void this.look();
    else {
      this.timer = setTimeout(() => {
        this.timer = undefined;
        void this.look();
      }, wait);
    }
  }

  /** What cannot be read now is read again soon; who may not see it any more is told so by the event's own check. */
  private async look(): Promise<void> {
    this.looking = true;
    this.stale = false;
    this.sentAt = Date.now();
    try {
      this.latest.push(await this.read());
    } catch {
      this.stale = true;
    }
    this.looking = false;
    if (this.stale) this.poke();
  }
}
