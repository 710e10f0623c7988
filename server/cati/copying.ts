import type { JobQueue } from '../jobs/queue.js';
import type { Logger } from '../logger.js';
import type { ProviderRegistry } from '../providers/registry.js';
import type { ClaimTimes } from '../recordings/recording-claim.js';
import type { Storage } from '../storage/storage.js';
import type { Transaction } from '../unit-of-work.js';
import type { CopyJob } from './copy.job.js';
import { CopyKeeper, type KeeperTimes } from './copy-keeper.js';
import { CopyPlan, type CopyTimes } from './copy-plan.js';
import { HostGate } from './host-gate.js';
import { ProviderStates } from './provider-states.js';
import { RecordingCopy } from './recording-copy.js';

export interface CopyingParts {
  /** As the system. */
  readonly transaction: Transaction;
  readonly storage: Storage;
  readonly providers: ProviderRegistry;
  readonly queue: JobQueue;
  readonly job: CopyJob;
  readonly times: CopyTimes & KeeperTimes;
  readonly claim: ClaimTimes;
  readonly maxBytes: number;
  readonly logger: Logger;
}

/** All that copies recordings from their providers, for one process. */
export interface Copying {
  readonly plan: CopyPlan;
  readonly states: ProviderStates;
  readonly copier: RecordingCopy;
  readonly keeper: CopyKeeper;
}

export function createCopying(parts: CopyingParts): Copying {
  const { transaction, providers, queue, job, times } = parts;
  const plan = new CopyPlan(queue, job, times);
  const states = new ProviderStates(transaction, times.probe);
  const copier = new RecordingCopy({ ...parts, plan, states, gate: new HostGate() });
  return { plan, states, copier, keeper: new CopyKeeper(transaction, plan, providers, times) };
}
