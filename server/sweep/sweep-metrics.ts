import { Counter, Gauge, type Metric, type Registry } from 'prom-client';
import { inTime } from '../in-time.js';
import type { SweepPhase } from './storage-sweep.entity.js';
import type { SweepPage } from './sweep-page.js';
import type { SweepRow } from './sweep-row.js';

/** What sweeps do, as figures of this process; when the last one ended, as the database knows it. */
export class SweepMetrics {
  private readonly all: readonly Metric[];
  private readonly collected = new Counter({
    name: 'earshot_storage_collected_total',
    help: 'Objects without a row, and unfinished writes, that sweeps deleted.',
    labelNames: ['kind'],
    registers: [],
  });
  private readonly findings = new Counter({
    name: 'earshot_storage_findings_total',
    help: 'What sweeps found wrong between the store and the database, dry runs included.',
    labelNames: ['kind'],
    registers: [],
  });

  private readonly skipped = new Counter({
    name: 'earshot_storage_phases_skipped_total',
    help: 'Phases of sweeps that failed for so long that they were left out.',
    labelNames: ['phase'],
    registers: [],
  });

  constructor(lastSweep: () => Promise<Date | undefined>) {
    const last = new Gauge({
      name: 'earshot_storage_last_sweep_timestamp_seconds',
      help: 'When the last sweep that was no dry run ended; 0: never.',
      registers: [],
      async collect() {
        const answer = await inTime(lastSweep().then((at) => ({ at })));
        if (answer) this.set((answer.at?.getTime() ?? 0) / 1000);
      },
    });
    this.all = [this.collected, this.findings, this.skipped, last];
  }

  show(registry: Registry): void {
    for (const metric of this.all) registry.registerMetric(metric);
  }

  skip(phase: SweepPhase): void {
    this.skipped.inc({ phase: phase.toLowerCase() });
  }

  tell({ phase, dry_run }: Pick<SweepRow, 'phase' | 'dry_run'>, page: SweepPage): void {
    const { findings = [], temporary = 0 } = page;
    const kind = phase === 'RECORDINGS' ? 'recording' : 'upload';
    for (const finding of findings) {
      this.findings.inc({ kind: finding.kind.toLowerCase() });
      if (finding.action === 'COLLECTED') this.collected.inc({ kind });
    }
    if (temporary > 0 && !dry_run) this.collected.inc({ kind: 'temporary' }, temporary);
  }
}
