import type { JobQueue } from '../jobs/queue.js';
import type { Logger } from '../logger.js';
import type { ProviderRegistry } from '../providers/registry.js';
import type { MediaPlan } from '../recordings/media-plan.js';
import type { ClaimTimes } from '../recordings/recording-claim.js';
import type { Storage } from '../storage/storage.js';
import type { SystemTransaction } from '../unit-of-work.js';
import type { CopyJob } from './copy.job.js';
import { CopyMetrics } from './copy-metrics.js';
import { CopyKeeper, type KeeperTimes } from './copy-keeper.js';
import { CopyPlan, type CopyTimes } from './copy-plan.js';
import { CopySweep } from './copy-sweep.js';
import { ProviderStates } from './provider-states.js';
import { RecordingCopy } from './recording-copy.js';
import { SourceSampler } from './source-sampler.js';

export interface CopyingParts {
  /** As the system. */
  readonly transaction: SystemTransaction;
  readonly storage: Storage;
  readonly providers: ProviderRegistry;
  readonly queue: JobQueue;
  readonly job: CopyJob;
  readonly times: CopyTimes & KeeperTimes & { readonly sweep: number };
  readonly claim: ClaimTimes;
  readonly maxBytes: number;
  readonly logger: Logger;
  /** What is made of a copy once it is stored. */
  readonly media: MediaPlan;
}

/** All that copies recordings from their providers, for one process. */
export interface Copying {
  readonly plan: CopyPlan;
  readonly states: ProviderStates;
  readonly copier: RecordingCopy;
  readonly sampler: SourceSampler;
  readonly keeper: CopyKeeper;
  readonly sweep: CopySweep;
  readonly metrics: CopyMetrics;
}

export function createCopying(parts: CopyingParts): Copying {
  const { transaction, providers, queue, job, times } = parts;
  const plan = new CopyPlan(queue, job, times);
  const states = new ProviderStates(transaction, times.probe);
  const metrics = new CopyMetrics();
  const copier = new RecordingCopy({ ...parts, plan, states, metrics });
  const sampler = new SourceSampler({ transaction, providers, states });
  const keeper = new CopyKeeper(transaction, plan, providers, times);
  const sweep = new CopySweep(transaction, plan, providers, times.sweep);
  return { plan, states, copier, sampler, keeper, sweep, metrics };
}
