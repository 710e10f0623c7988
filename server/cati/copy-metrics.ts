import { Counter, type Registry } from 'prom-client';
import type { CopyOptions, CopyOutcome } from './copy-outcome.js';

/** How attempts to copy recordings from their providers end, as figures of this process. */
export class CopyMetrics {
  private readonly attempts = new Counter({
    name: 'earshot_copies_total',
    help: 'Attempts to copy a recording, of jobs and of runs, by their outcome: the code of a failure, or how else it ended.',
    labelNames: ['provider', 'mode', 'outcome'],
    registers: [],
  });
  private readonly bytes = new Counter({
    name: 'earshot_copied_bytes_total',
    help: 'Bytes of recordings that were copied and verified.',
    labelNames: ['provider'],
    registers: [],
  });

  show(registry: Registry): void {
    for (const metric of [this.attempts, this.bytes]) registry.registerMetric(metric);
  }

  count(provider: string, mode: CopyOptions['mode'], outcome: CopyOutcome): void {
    // Its host was to be left alone: this was no attempt.
    if (outcome.kind === 'failed' && outcome.unasked) return;
    const ended = outcome.kind === 'failed' ? outcome.code : outcome.kind;
    this.attempts.inc({ provider, mode, outcome: ended });
    if (outcome.kind === 'uploaded') this.bytes.inc({ provider }, outcome.bytes);
  }
}
