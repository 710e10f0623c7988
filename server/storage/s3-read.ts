import { addAbortSignal, Readable } from 'node:stream';

export interface ReadGuard {
  /** Milliseconds without a byte while the reader waits for one. */
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

  constructor(
    private readonly source: Readable,
    private readonly guard: ReadGuard,
  ) {
    super();
    source.pause();
    source.on('data', (chunk: Buffer) => {
      this.silence?.refresh();
      if (!this.push(chunk)) this.pauseSource();
    });
    source.on('end', () => {
      clearTimeout(this.silence);
      this.push(null);
    });
    source.on('error', (error) => this.destroy(guard.fault(error)));
    source.on('close', () => {
      if (!source.readableEnded) this.destroy(guard.fault(new Error('the connection ended early')));
    });
  }

  override _read(): void {
    this.silence ??= setTimeout(() => {
      this.destroy(this.guard.fault(Object.assign(new Error('no byte arrived'), { name: 'TimeoutError' })));
    }, this.guard.idleMs);
    this.source.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.silence);
    this.source.destroy();
    done(error);
  }

  private pauseSource(): void {
    clearTimeout(this.silence);
    this.silence = undefined;
    this.source.pause();
  }
}
