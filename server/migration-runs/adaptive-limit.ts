/**
 * How many copies one worker has under way: halved when the source asks for less, one more for each full round of
 * successes, never above what the run allows (additive increase, multiplicative decrease).
 */
export class AdaptiveLimit {
  private allowed: number;

  constructor(private most: number) {
    this.allowed = most;
  }

  get current(): number {
    return Math.max(1, Math.floor(this.allowed));
  }

  /** The run's own limit was changed. */
  resize(most: number): void {
    if (most === this.most) return;
    this.allowed = this.allowed >= this.most ? most : Math.min(this.allowed, most);
    this.most = most;
  }

  succeeded(): void {
    this.allowed = Math.min(this.most, this.allowed + 1 / this.allowed);
  }

  limited(): void {
    this.allowed = Math.max(1, this.allowed / 2);
  }
}
