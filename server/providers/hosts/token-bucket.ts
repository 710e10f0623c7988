/** So many requests in a minute, spread evenly: what was not asked for within a second is not saved up. */
export class TokenBucket {
  private readonly capacity: number;
  private tokens: number;
  private filledAt: number;

  constructor(
    private readonly perMinute: number,
    /** Milliseconds. */
    private readonly now: () => number = Date.now,
  ) {
    this.capacity = Math.max(1, perMinute / 60);
    this.tokens = this.capacity;
    this.filledAt = now();
  }

  /** 0: one was taken. Otherwise milliseconds until there is one. */
  take(): number {
    const now = this.now();
    const fresh = (Math.max(0, now - this.filledAt) * this.perMinute) / 60_000;
    this.tokens = Math.min(this.capacity, this.tokens + fresh);
    this.filledAt = now;
    // Tenths that are added up do not quite make one.
    if (this.tokens > 1 - 1e-9) {
      this.tokens -= 1;
      return 0;
    }
    return Math.ceil(((1 - this.tokens) * 60_000) / this.perMinute);
  }

  /** The host has counted otherwise: nothing is left. */
  drain(): void {
    this.tokens = 0;
    this.filledAt = this.now();
  }
}
