import { AdaptiveLimit } from './adaptive-limit.js';
import { TokenBucket } from './token-bucket.js';

export interface HostLimits {
  /** Of one host, by this process; undefined: no more is known than what the host itself says. */
  readonly requestsPerMinute: number | undefined;
  /** Requests of one host under way in this process, at the most. */
  readonly concurrency: number;
}

/**
 * `faulty`: a timeout or a fault of the host, which may have too much to do. `asksFor`: seconds to be left alone, where
 * it has said so. `nothing`: it was not heard.
 */
export type HostReport = 'answered' | 'faulty' | 'nothing' | { readonly asksFor: number | undefined };

/** The right to one request; whoever has it must leave. */
export interface HostPass {
  readonly kind: 'pass';
  leave(report: HostReport): void;
}

/** The host may not be asked yet, and not for so many seconds, as far as is known. */
export interface HostRefusal {
  readonly kind: 'refused';
  readonly seconds: number;
}

export interface Visitor {
  /** Whose turn it is goes round by owner, so that a thousand of one do not stand before one of another. */
  readonly owner: string;
  /** Seconds that are worth waiting. */
  readonly patience: number;
  /** Goes before all others: a person waits, or what has begun is to end. */
  readonly urgent?: boolean | undefined;
  readonly signal: AbortSignal;
}

interface Waiter extends Visitor {
  readonly settle: (entry: HostPass | HostRefusal) => void;
}

/** Milliseconds to be left alone, where a host that limits does not say for how long: doubled each time in a row. */
const LEFT_ALONE = { first: 1000, most: 60_000 };

/** The owner of all that is urgent. */
const URGENT = '';

/** All that want something of one host: who is next, how many at once, and how soon. */
export class HostLine {
  private readonly limit: AdaptiveLimit;
  private readonly bucket: TokenBucket | undefined;
  private readonly waiting = new Map<string, Set<Waiter>>();
  private underWay = 0;
  private closedUntil = 0;
  private limits = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor({ concurrency, requestsPerMinute }: HostLimits) {
    this.limit = new AdaptiveLimit(concurrency);
    this.bucket = requestsPerMinute === undefined ? undefined : new TokenBucket(requestsPerMinute);
  }

  /** Nothing that is known of the host is worth being kept. */
  get isIdle(): boolean {
    return this.underWay === 0 && this.waiting.size === 0 && this.closedFor === 0 && this.limit.isFull;
  }

  /** Rejects when the signal fires. */
  async enter(visitor: Visitor): Promise<HostPass | HostRefusal> {
    visitor.signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const leaveLine = (): void => {
        clearTimeout(patience);
        visitor.signal.removeEventListener('abort', onAbort);
        this.remove(waiter);
      };
      const settle = (entry: HostPass | HostRefusal): void => {
        leaveLine();
        resolve(entry);
      };
      const onAbort = (): void => {
        leaveLine();
        reject(visitor.signal.reason as Error);
      };
      const owner = visitor.urgent ? URGENT : visitor.owner;
      const waiter: Waiter = { ...visitor, owner, settle };
      const patience = setTimeout(() => settle(this.refusal()), visitor.patience * 1000);
      visitor.signal.addEventListener('abort', onAbort);
      const others = this.waiting.get(owner) ?? new Set();
      this.waiting.set(owner, others.add(waiter));
      this.refuseImpatient();
      this.letIn();
    });
  }

  private letIn(): void {
    clearTimeout(this.timer);
    while (this.waiting.size > 0 && this.underWay < this.limit.current) {
      const wait = this.closedFor || (this.bucket?.take() ?? 0);
      if (wait > 0) {
        this.timer = setTimeout(() => this.letIn(), wait);
        return;
      }
      this.next()?.settle(this.pass());
    }
  }

  /** What is urgent; else the first of the owner who has waited for the longest, and the owner goes to the end. */
  private next(): Waiter | undefined {
    for (const waiter of this.waiting.get(URGENT) ?? []) return waiter;
    for (const [owner, waiters] of this.waiting) {
      this.waiting.delete(owner);
      this.waiting.set(owner, waiters);
      for (const waiter of waiters) return waiter;
    }
    return undefined;
  }

  private pass(): HostPass {
    this.underWay++;
    const begun = this.limit.begin();
    return {
      kind: 'pass',
      leave: (report) => {
        this.underWay--;
        this.learn(report, begun);
        this.letIn();
      },
    };
  }

  private learn(report: HostReport, begun: number): void {
    if (report === 'nothing') return;
    if (report === 'answered') {
      this.limits = 0;
      this.limit.succeeded();
      return;
    }
    const isNew = this.limit.limited(begun);
    if (report === 'faulty') return;
    if (report.asksFor !== undefined) this.close(report.asksFor * 1000);
    else if (isNew) this.close(Math.min(LEFT_ALONE.most, LEFT_ALONE.first * 2 ** this.limits++));
  }

  /** A longer wish of before stays. */
  private close(milliseconds: number): void {
    this.closedUntil = Math.max(this.closedUntil, Date.now() + milliseconds);
    this.bucket?.drain();
    this.refuseImpatient();
  }

  private get closedFor(): number {
    return Math.max(0, this.closedUntil - Date.now());
  }

  private refuseImpatient(): void {
    const { closedFor } = this;
    if (closedFor === 0) return;
    // A set goes on behind what is taken out of it under way.
    for (const waiters of this.waiting.values())
      for (const waiter of waiters) if (waiter.patience * 1000 < closedFor) waiter.settle(this.refusal());
  }

  private refusal(): HostRefusal {
    return { kind: 'refused', seconds: Math.max(1, Math.ceil(this.closedFor / 1000)) };
  }

  private remove(waiter: Waiter): void {
    const waiters = this.waiting.get(waiter.owner);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.waiting.delete(waiter.owner);
    if (this.waiting.size === 0) clearTimeout(this.timer);
  }
}
