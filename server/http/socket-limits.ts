/** How many of something each user has open in this process. */
export class OpenPerUser {
  private readonly counts = new Map<string, number>();

  constructor(private readonly most: number) {}

  /** False when the user has the most already. */
  open(userId: string): boolean {
    const count = this.counts.get(userId) ?? 0;
    if (count >= this.most) return false;
    this.counts.set(userId, count + 1);
    return true;
  }

  close(userId: string): void {
    const count = (this.counts.get(userId) ?? 1) - 1;
    if (count > 0) this.counts.set(userId, count);
    else this.counts.delete(userId);
  }
}
