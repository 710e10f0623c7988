import type { HostPass, Visitor } from './host-line.js';

/** On whose behalf a provider is asked: each request waits for its host's turn on these terms. */
export interface Caller extends Omit<Visitor, 'signal'> {
  /** Its host is free for the next one once the answer has begun: a listener reads for as long as it plays. */
  readonly brief?: boolean | undefined;
  /** Was waited for before there was anything to ask. */
  readonly booked?: BookedPass | undefined;
}

/** Who says nothing of itself. */
export const NOBODY: Caller = { owner: 'others', patience: 60 };

/** A pass that the first request to its host takes. Given back where none was made. */
export class BookedPass implements Disposable {
  private taken = false;

  constructor(
    private readonly host: string,
    private readonly pass: HostPass,
  ) {}

  take(host: string): HostPass | undefined {
    if (this.taken || host !== this.host) return undefined;
    this.taken = true;
    return this.pass;
  }

  [Symbol.dispose](): void {
    this.take(this.host)?.leave('nothing');
  }
}
