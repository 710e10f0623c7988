import { Gauge, Histogram, type Metric, type Registry } from 'prom-client';
import { inTime } from '../in-time.js';

/** How many jobs of one name wait or are under way. */
export interface JobCounts {
  readonly job: string;
  /** Could begin now. */
  readonly ready: number;
  /** Wait for their time: a delay, the next try. */
  readonly deferred: number;
  readonly active: number;
}

/** Between two questions to the database, however many ask for the figures. */
const COUNTED_FOR_MS = 15_000;

/** What this process does of the jobs, and what waits for all processes. */
export class JobMetrics {
  private readonly all: readonly Metric[];
  private readonly durations = new Histogram({
    name: 'earshot_job_duration_seconds',
    help: 'One try of a job, by its name and how it ended: completed or failed.',
    labelNames: ['job', 'outcome'],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900],
    registers: [],
  });

  constructor(count: () => Promise<readonly JobCounts[]>) {
    let nextCountAt = 0;
    const waiting = new Gauge({
      name: 'earshot_jobs',
      help: 'Jobs of all processes by name and state: ready, deferred, active. Counted once a minute.',
      labelNames: ['job', 'state'],
      registers: [],
      async collect() {
        if (Date.now() < nextCountAt) return;
        nextCountAt = Date.now() + COUNTED_FOR_MS;
        for (const { job, ...states } of (await inTime(count())) ?? [])
          for (const [state, jobs] of Object.entries(states)) this.set({ job, state }, jobs);
      },
    });
    this.all = [this.durations, waiting];
  }

  show(registry: Registry): void {
    for (const metric of this.all) registry.registerMetric(metric);
  }

  /** Begins to measure one try; call the answer when it has ended. */
  began(job: string): (outcome: 'completed' | 'failed') => void {
    const end = this.durations.startTimer({ job });
    return (outcome) => void end({ outcome });
  }
}
