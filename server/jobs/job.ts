/** A kind of background work: its name, what it carries and how often it is tried. The payload's type rides along. */
export interface Job<Payload extends object> {
  readonly name: string;
  /** Tries after the first one. */
  readonly retries: number;
  /** Seconds before the second try; doubled, with jitter, for each further one. */
  readonly retryDelay: number;
  /** Seconds that a try never waits longer than. */
  readonly retryDelayMax: number;
  /** Seconds after which the queue gives up on a silent worker and hands the job to another one. */
  readonly expireIn: number;
  /** Handlers running at once in one process. */
  readonly concurrency: number;
  /** Only there to carry the payload's type. */
  readonly payload?: Payload;
}

export type JobOptions = Pick<
  Job<object>,
  'retries' | 'retryDelay' | 'retryDelayMax' | 'expireIn' | 'concurrency'
>;

export function defineJob<Payload extends object>(name: string, options: JobOptions): Job<Payload> {
  return { name, ...options };
}

/** Seconds that the try behind this one waits at most. The queue draws between the half of that and all of it. */
export function longestWait({ retryDelay, retryDelayMax }: Job<object>, retryCount: number): number {
  return Math.min(retryDelayMax, retryDelay * 2 ** Math.min(16, retryCount + 1));
}

/** What the handler of a job is told beside the payload. */
export interface JobContext {
  /** Aborted when the process shuts down before the handler is done, or the queue took the job away. */
  signal: AbortSignal;
  /** 0 at the first try. */
  retryCount: number;
  /** Seconds that the next try waits at most, should this one fail. */
  retryIn: number;
}

export type JobHandler<Payload extends object> = (payload: Payload, context: JobContext) => Promise<void>;

/** One row of the table that workers.ts makes: the work, and what happens to it when every try failed. */
export interface JobWorker {
  readonly job: Job<object>;
  readonly handle: JobHandler<object>;
  readonly giveUp: (payload: object) => Promise<void>;
}

export function worker<Payload extends object>(
  job: Job<Payload>,
  handle: JobHandler<Payload>,
  giveUp: (payload: Payload) => Promise<void>,
): JobWorker {
  return { job, handle: handle as JobHandler<object>, giveUp: giveUp as (payload: object) => Promise<void> };
}
