import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { newId } from '../entity.js';
import type { Logger } from '../logger.js';
import type { Listening, ListeningNotes } from '../recordings/listening.js';
import type { Transaction } from '../unit-of-work.js';

/** Whoever hears the same recording again within an hour (each seek is a request of its own) is written down once. */
const WINDOW_MS = 3_600_000;
/** Milliseconds that a note waits for others to be written with. */
const WAIT_MS = 1000;
/** Notes that one statement writes. */
const BATCH = 500;
/** Notes that wait at most, and notes that are known to be written: beyond that, the oldest of these are forgotten. */
const MAX_WAITING = 20_000;
const MAX_KNOWN = 20_000;
/** Each pause before another try is twice as long: a database that is away for half a minute loses nothing. */
const MAX_TRIES = 6;
const PAUSE_MS = 1000;

interface Note extends Listening {
  readonly at: Date;
  readonly window: Date;
}

/**
 * Who listens, written behind the answers' backs: nobody waits for it, the same listening is one event over all
 * processes, and what waits is bounded and written at shutdown. What cannot be kept is told to the log by its number.
 */
export class ListeningLog implements ListeningNotes, AsyncDisposable {
  private readonly waiting = new Map<string, Note>();
  private readonly known = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> | undefined;
  private lost = 0;
  private readonly closing = new AbortController();

  constructor(
    /** As the system. */
    private readonly transaction: Transaction,
    private readonly logger: Logger,
    private readonly clock: () => number = Date.now,
  ) {}

  note(listening: Listening): void {
    const at = this.clock();
    const window = at - (at % WINDOW_MS);
    const key = `${listening.kind} ${listening.viewerId} ${listening.recordingId} ${window}`;
    if (this.known.has(key)) return;
    if (this.waiting.size >= MAX_WAITING) {
      this.lost += 1;
      return;
    }
    this.remember(key);
    this.waiting.set(key, { ...listening, at: new Date(at), window: new Date(window) });
    this.timer ??= setTimeout(() => void this.flush(), WAIT_MS).unref();
  }

  /** Resolves when all that was noted before is written, or given up. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.writing;
    this.writing = this.writeAll().finally(() => (this.writing = undefined));
    await this.writing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closing.abort();
    await this.flush();
  }

  private remember(key: string): void {
    this.known.add(key);
    const [oldest] = this.known;
    if (this.known.size > MAX_KNOWN && oldest !== undefined) this.known.delete(oldest);
  }

  private async writeAll(): Promise<void> {
    for (let tries = 1; this.waiting.size > 0;) {
      const batch = [...this.waiting].slice(0, BATCH);
      try {
        await this.write(batch.map(([, note]) => note));
        tries = 1;
      } catch (error) {
        this.logger.warn({ err: error, notes: batch.length, tries }, 'listening is not written down yet');
        if (tries < MAX_TRIES) {
          await this.rest(PAUSE_MS * 2 ** (tries - 1));
          tries += 1;
          continue;
        }
        tries = 1;
        this.lost += batch.length;
        // Heard again within the hour, it is another chance to write it down.
        for (const [key] of batch) this.known.delete(key);
      }
      for (const [key] of batch) this.waiting.delete(key);
    }
    if (this.lost > 0) this.logger.error({ lost: this.lost }, 'listening was not written down');
    this.lost = 0;
  }

  /** Nobody waits for a process that closes. */
  private rest(milliseconds: number): Promise<void> {
    const { signal } = this.closing;
    return pause(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);
  }

  private write(notes: readonly Note[]): Promise<void> {
    return this.transaction(async (em) => {
      await sql`
        insert into audit_events (id, inserted_at, kind, actor_id, recording_id, listening_window)
        select * from unnest(
          ${notes.map(() => newId())}::uuid[], ${notes.map(({ at }) => at.toISOString())}::timestamptz[],
          ${notes.map(({ kind }) => kind)}::text[], ${notes.map(({ viewerId }) => viewerId)}::uuid[],
          ${notes.map(({ recordingId }) => recordingId)}::uuid[],
          ${notes.map(({ window }) => window.toISOString())}::timestamptz[])
        on conflict do nothing`.execute(em.getKysely());
    });
  }
}
