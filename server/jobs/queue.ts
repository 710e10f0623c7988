import type { EntityManager } from '@mikro-orm/postgresql';
import { fromKysely, PgBoss, type Job as Delivered, type JobResult, type JobSpyInterface } from 'pg-boss';
import { codeOf } from '../error-code.js';
import type { Logger } from '../logger.js';
import { JobMetrics, type JobCounts } from './job-metrics.js';
import { longestWait, type Job, type JobContext, type JobWorker } from './job.js';

export interface QueueOptions {
  url: string;
  logger: Logger;
  /** Seconds that a stopping worker's handlers are waited for. */
  drain: number;
  /** Whether this process takes jobs, and so keeps the queue's house (maintenance) too. */
  works: boolean;
  /** Tests await jobs by spies. */
  spies?: boolean | undefined;
}

export interface SendOptions {
  /** At most one job of a key waits at a time: a second one is dropped while the first waits. */
  key: string;
  /** Seconds to wait before the first try. */
  delay?: number;
}

type DeliveryHandler = (payload: object, delivery: Omit<JobContext, 'retryIn'>) => Promise<void>;

/** Handlers take jobs two at a time: with batches of one, a burst sent while idle wakes a single worker. */
const BATCH = 2;

/** The only place that knows pg-boss. Jobs are sent in the transaction that made the work true. */
export class JobQueue implements AsyncDisposable {
  readonly metrics = new JobMetrics(() => this.counts());
  private readonly boss: PgBoss;
  /** Of all queues, once they are there. */
  private readonly names: string[] = [];
  private readonly stopping = new AbortController();
  private ending = false;

  constructor(private readonly options: QueueOptions) {
    this.boss = new PgBoss({
      connectionString: options.url,
      application_name: 'earshot-jobs',
      max: options.works ? 10 : 2,
      useListenNotify: options.works,
      supervise: options.works,
      schedule: options.works,
      ...(options.spies ? { __test__enableSpies: true } : {}),
    });
    this.boss.on('error', (error) => this.tell(error));
  }

  /** Creates what is missing: pg-boss's tables, then one queue and one dead-letter queue for each job. */
  async start(jobs: readonly Job<object>[]): Promise<void> {
    await this.boss.start();
    for (const job of jobs) {
      await this.createQueues(job);
      this.names.push(job.name, deadLetter(job));
      // A spy knows only what happened since it was there.
      if (this.options.spies) for (const name of [job.name, deadLetter(job)]) this.boss.getSpy(name);
    }
  }

  async send<Payload extends object>(
    em: EntityManager,
    job: Job<Payload>,
    payload: Payload,
    options: SendOptions,
  ): Promise<void> {
    await this.boss.send(job.name, payload, {
      singletonKey: options.key,
      startAfter: options.delay ?? 0,
      db: fromKysely(em.getKysely()),
    });
  }

  /** Many jobs by one statement, each under its key, as `send` does it one by one. */
  async sendAll<Payload extends object>(
    em: EntityManager,
    job: Job<Payload>,
    jobs: readonly { readonly payload: Payload; readonly key: string }[],
  ): Promise<void> {
    if (jobs.length === 0) return;
    await this.boss.insert(
      job.name,
      jobs.map(({ payload, key }) => ({ data: payload, singletonKey: key })),
      { db: fromKysely(em.getKysely()) },
    );
  }

  async work(workers: readonly JobWorker[]): Promise<void> {
    for (const { job, handle, giveUp } of workers) {
      await this.listen(job.name, job.concurrency, (payload, delivery) =>
        handle(payload, { ...delivery, retryIn: longestWait(job, delivery.retryCount) }),
      );
      await this.listen(deadLetter(job), 1, (payload) => giveUp(payload));
    }
  }

  /** Takes no further job, waits for those under way, then aborts what is left. Their jobs are tried again elsewhere. */
  async drain(): Promise<void> {
    this.ending = true;
    const timer = setTimeout(() => this.stopping.abort(), this.options.drain * 1000);
    await this.boss.stop({ graceful: true, timeout: (this.options.drain + 2) * 1000 });
    clearTimeout(timer);
  }

  /** Rejects when the queue's tables do not answer. */
  async check(): Promise<void> {
    await this.boss.schemaVersion();
  }

  /** Tests only: awaits a job by what it carries. */
  spy(job: Job<object>): JobSpyInterface {
    return this.boss.getSpy(job.name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.ending = true;
    await this.boss.stop({ graceful: false });
  }

  /** Connections that break while it stops are no news; of the others, the error's own object holds a whole client. */
  private tell(error: Error): void {
    if (this.ending) return;
    this.options.logger.error({ code: codeOf(error), message: error.message }, 'job queue');
  }

  /** As the queue counted them within the last minute: counting looks at every job that it still has. */
  private async counts(): Promise<JobCounts[]> {
    const counted: JobCounts[] = [];
    for (const job of this.names) {
      const [latest] = await this.boss.getQueueStats(job, { force: true });
      if (!latest) continue;
      const { readyCount: ready, deferredCount: deferred, activeCount: active } = latest;
      counted.push({ job, ready, deferred, active });
    }
    return counted;
  }

  private async createQueues(job: Job<object>): Promise<void> {
    const dead = deadLetter(job);
    await this.boss.createQueue(dead, {
      policy: 'standard',
      notify: true,
      retryLimit: 10,
      retryDelay: 5,
      retryBackoff: true,
      retryDelayMax: 300,
    });
    const options = {
      notify: true,
      retryLimit: job.retries,
      retryDelay: Math.max(1, Math.round(job.retryDelay)),
      retryDelayMax: Math.max(1, Math.round(job.retryDelayMax)),
      retryBackoff: true,
      expireInSeconds: job.expireIn,
      deadLetter: dead,
    };
    await this.boss.createQueue(job.name, { policy: 'short', ...options });
    await this.boss.updateQueue(job.name, options);
  }

  private async listen(name: string, concurrency: number, handle: DeliveryHandler): Promise<void> {
    await this.boss.work(
      name,
      {
        batchSize: BATCH,
        perJobResults: true,
        burstWhenBatchFull: true,
        localConcurrency: Math.max(1, Math.ceil(concurrency / BATCH)),
        pollingIntervalSeconds: 2,
        notifyPollingIntervalSeconds: 2,
      },
      (batch: Delivered[]) => Promise.all(batch.map((one) => this.run(one, handle))),
    );
  }

  private async run(one: Delivered, handle: DeliveryHandler): Promise<JobResult> {
    const ended = this.metrics.began(one.name);
    try {
      await handle(one.data, {
        signal: AbortSignal.any([one.signal, this.stopping.signal]),
        retryCount: one.retryCount,
      });
      ended('completed');
      return { id: one.id, status: 'completed' };
    } catch (error) {
      ended('failed');
      this.options.logger.warn(
        { err: error, job: one.name, jobId: one.id, retryCount: one.retryCount },
        'job failed',
      );
      return {
        id: one.id,
        status: 'failed',
        output: { message: error instanceof Error ? error.message : 'unknown' },
      };
    }
  }
}

function deadLetter(job: Job<object>): string {
  return `${job.name}.dead`;
}
