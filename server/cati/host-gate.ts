/** Hosts are forgotten beyond so many: those that are open again go first. */
const MAX_HOSTS = 1000;

/** Until when a host has asked not to be asked, for this process. */
export class HostGate {
  private readonly closedUntil = new Map<string, number>();

  constructor(private readonly now: () => number = Date.now) {}

  /** A longer wish of before stays. */
  close(host: string, seconds: number): void {
    const until = Math.max(this.now() + seconds * 1000, this.closedUntil.get(host) ?? 0);
    if (this.closedUntil.size >= MAX_HOSTS) this.forget();
    this.closedUntil.set(host, until);
  }

  /** Seconds that are left to wait; 0: the host may be asked. */
  waitFor(host: string): number {
    return Math.max(0, ((this.closedUntil.get(host) ?? 0) - this.now()) / 1000);
  }

  private forget(): void {
    for (const [host, until] of this.closedUntil) if (until <= this.now()) this.closedUntil.delete(host);
    const [oldest] = this.closedUntil.keys();
    if (oldest !== undefined && this.closedUntil.size >= MAX_HOSTS) this.closedUntil.delete(oldest);
  }
}
