import { ObservableValue } from '../observable-value.js';
import type { NetworkState } from '../ports.js';
import type { JobRunner } from './job-runner.js';
import type { UploadJob, UploadQueueSnapshot, UploadState } from './upload-job.js';
import type { UploadRecord } from './upload-record.js';
import { stateOf } from './upload-state.js';

/** A job in this process. */
export interface UploadEntry {
  record: UploadRecord;
  live: UploadState | undefined;
  runner: JobRunner | undefined;
  /** Another tab is at it; looked at again at `recheckAt`. */
  isElsewhere: boolean;
  /** Milliseconds since 1970; 0 for none. */
  recheckAt: number;
  shown: { readonly text: string; readonly job: UploadJob } | undefined;
}

export interface BoardFacts {
  readonly network: NetworkState;
  readonly wifiOnly: boolean;
  readonly isQueuePaused: boolean;
  readonly isLoaded: boolean;
  readonly now: number;
}

const EMPTY: UploadQueueSnapshot = {
  jobs: [],
  isPaused: false,
  wifiOnly: false,
  isOnline: true,
  isLoaded: false,
};

/** The jobs, and the snapshots of them that people see: a job that did not change stays the same object. */
export class UploadBoard {
  readonly entries = new Map<string, UploadEntry>();
  readonly value = new ObservableValue<UploadQueueSnapshot>(EMPTY);

  /** The entry of this record, which is the newest. */
  put(record: UploadRecord): UploadEntry {
    const known = this.entries.get(record.id);
    if (known) {
      known.record = record;
      return known;
    }
    const entry = {
      record,
      live: undefined,
      runner: undefined,
      isElsewhere: false,
      recheckAt: 0,
      shown: undefined,
    };
    this.entries.set(record.id, entry);
    return entry;
  }

  jobOf(entry: UploadEntry, facts: BoardFacts): UploadJob {
    const { record, live, isElsewhere } = entry;
    const { id, target, file, byteSize, enqueuedAt, sentBytes } = record;
    const state = stateOf(record, { ...facts, isElsewhere, live });
    const job: UploadJob = { id, target, file, byteSize, enqueuedAt, sentBytes, state };
    const text = JSON.stringify(job);
    if (entry.shown?.text !== text) entry.shown = { text, job };
    return entry.shown.job;
  }

  publish(facts: BoardFacts): void {
    const jobs = [...this.entries.values()]
      .map((entry) => this.jobOf(entry, facts))
      .sort((left, right) => left.enqueuedAt - right.enqueuedAt || (left.id < right.id ? -1 : 1));
    const { isQueuePaused: isPaused, wifiOnly, network, isLoaded } = facts;
    const next = { jobs, isPaused, wifiOnly, isOnline: network.isOnline, isLoaded };
    if (!isSame(this.value.getSnapshot(), next)) this.value.set(next);
  }
}

function isSame(left: UploadQueueSnapshot, right: UploadQueueSnapshot): boolean {
  return (
    left.isPaused === right.isPaused &&
    left.wifiOnly === right.wifiOnly &&
    left.isOnline === right.isOnline &&
    left.isLoaded === right.isLoaded &&
    left.jobs.length === right.jobs.length &&
    left.jobs.every((job, index) => job === right.jobs[index])
  );
}
