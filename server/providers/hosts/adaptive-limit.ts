/**
 * How many requests one host gets at once: halved when it shows that it has too many, one more for each full round of
 * answers, never above what is allowed (additive increase, multiplicative decrease).
 */
export class AdaptiveLimit {
  private allowed: number;
  private cuts = 0;

  constructor(private readonly most: number) {
    this.allowed = most;
  }

  get current(): number {
    return Math.max(1, Math.floor(this.allowed));
  }

  get isFull(): boolean {
    return this.allowed === this.most;
  }

  /** Begins one request: what it answers is given back with this number. */
  begin(): number {
    return this.cuts;
  }

  succeeded(): void {
    this.allowed = Math.min(this.most, this.allowed + 1 / this.allowed);
  }

  /** One cut answers for all that was under way when it was made: false for those. */
  limited(begun: number): boolean {
    if (begun < this.cuts) return false;
    this.cuts++;
    this.allowed = Math.max(1, this.allowed / 2);
    return true;
  }
}
