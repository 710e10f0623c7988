import { addAbortSignal, Readable } from 'node:stream';

/** A silence is looked at so many times before it counts: a process that was busy itself, and heard nothing, missed one look. */
const LOOKS = 10;

export interface ReadGuard {
  /** Milliseconds without a byte while the reader waits for one, and the process listens. */
  idleMs: number;
  /** Makes the store's own error of a broken connection. */
  fault: (cause: unknown) => Error;
  signal?: AbortSignal | undefined;
}

/**
 * A response's bytes, where a connection that breaks or falls silent is the store's fault and not an ECONNRESET. A reader
 * that pauses may do so for as long as it likes. It is not resumed at the store: who reads knows whether that is worth it.
 */
export function guardedBody(source: Readable, guard: ReadGuard): Readable {
  const body = new GuardedBody(source, guard);
  return guard.signal ? addAbortSignal(guard.signal, body) : body;
}

class GuardedBody extends Readable {
  private silence: NodeJS.Timeout | undefined;
  private silentLooks = 0;

  constructor(
    private readonly source: Readable,
    private readonly guard: ReadGuard,
  ) {
    super();
    source.pause();
    source.on('data', (chunk: Buffer) => {
      this.silentLooks = 0;
      if (!this.push(chunk)) this.pauseSource();
    });
    source.on('end', () => {
      clearInterval(this.silence);
      this.push(null);
    });
    source.on('error', (error) => this.destroy(guard.fault(error)));
    source.on('close', () => {
      if (!source.readableEnded) this.destroy(guard.fault(new Error('the connection ended early')));
    });
  }

  override _read(): void {
    this.silence ??= setInterval(() => this.look(), this.guard.idleMs / LOOKS);
    this.source.resume();
  }

  private look(): void {
    this.silentLooks += 1;
    if (this.silentLooks < LOOKS) return;
    this.destroy(this.guard.fault(Object.assign(new Error('no byte arrived'), { name: 'TimeoutError' })));
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearInterval(this.silence);
    this.source.destroy();
    done(error);
  }

  private pauseSource(): void {
    clearInterval(this.silence);
    this.silence = undefined;
    this.silentLooks = 0;
    this.source.pause();
  }
}
