import { HostLine, type HostLimits, type HostPass, type HostRefusal, type Visitor } from './host-line.js';

/** Hosts beyond so many are forgotten, where nothing of them is worth being kept. */
const MAX_HOSTS = 1000;

/**
 * What stands between this process and the providers' hosts: every request passes it, redirects too, whether of a webhook
 * copy, a run, a sample or a listener, so that together they ask a host no more than it may be asked. A host's wish to be
 * left alone holds for all of them.
 */
export class HostGate {
  private readonly lines = new Map<string, HostLine>();

  constructor(private readonly limits: HostLimits) {}

  /** Waits for the turn, as long as that is worth it. Rejects when the signal fires. */
  enter(host: string, visitor: Visitor): Promise<HostPass | HostRefusal> {
    return this.lineOf(host).enter(visitor);
  }

  private lineOf(host: string): HostLine {
    const known = this.lines.get(host);
    if (known) return known;
    if (this.lines.size >= MAX_HOSTS)
      for (const [name, line] of this.lines) if (line.isIdle) this.lines.delete(name);
    const line = new HostLine(this.limits);
    this.lines.set(host, line);
    return line;
  }
}
