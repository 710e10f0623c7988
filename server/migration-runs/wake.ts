/** A rest that ends early when something happens. */
export class Wake {
  private woken = Promise.withResolvers<void>();

  /** What happens between two rests ends the next one at once. */
  nudge(): void {
    this.woken.resolve();
  }

  /** Until something happened, or so many milliseconds are over. */
  async rest(ms: number): Promise<void> {
    const timer = setTimeout(() => this.nudge(), ms);
    await this.woken.promise;
    clearTimeout(timer);
    this.woken = Promise.withResolvers<void>();
  }
}
