import { KeptRecords } from '../kept-records.js';
import type { KeyValueStore } from '../ports.js';
import type { UploadTarget } from './upload-job.js';
import type { LocalFile } from './upload-ports.js';
import type { UploadProblem } from './upload-problem.js';

export type RecordStatus = 'active' | 'paused' | 'uploaded' | 'failed' | 'cancelled';

/** What is kept of a job over restarts: enough to go on, and no byte of the file. */
export interface UploadRecord {
  readonly version: 1;
  readonly id: string;
  readonly target: UploadTarget;
  readonly file: LocalFile;
  readonly byteSize: number;
  /** Of the whole file, hex. Empty for a file that could not be read. */
  readonly sha256: string;
  /** Milliseconds since 1970. */
  readonly enqueuedAt: number;
  /** Smaller is sooner. */
  readonly order: number;
  readonly status: RecordStatus;
  /** Asked for by a person: also over mobile data. */
  readonly isUrgent: boolean;
  /** The server's session. */
  readonly uploadId?: string | undefined;
  /** The server was asked for one, and its answer was not kept. Absent in records of older versions. */
  readonly isRequested?: boolean | undefined;
  /** A direct way did not work here: through the API, in chunks. */
  readonly useChunks: boolean;
  /** The most that was ever shown. */
  readonly sentBytes: number;
  /** In a row, with no byte gained between. */
  readonly failures: number;
  /** Those of them that the server is to blame for. */
  readonly serverFailures: number;
  /** Connections in a row that did not reach the store while the API could be reached. */
  readonly directFailures: number;
  /** Not before, in milliseconds since 1970. */
  readonly retryAt: number;
  readonly isVerifying: boolean;
  readonly problem?: UploadProblem | undefined;
  readonly recordingId?: string | undefined;
  readonly settledAt?: number | undefined;
  readonly keepsFile: boolean;
  readonly isFileRemoved: boolean;
}

/** What another tab wants of a job that this one is at. */
export type UploadWish = 'pause' | 'resume' | 'cancel' | 'uploadNow';

const WISHES: readonly string[] = ['pause', 'resume', 'cancel', 'uploadNow'];
const isWish = (text: string | undefined): text is UploadWish => text !== undefined && WISHES.includes(text);

export const NEW_RECORD = {
  version: 1,
  status: 'active',
  isUrgent: false,
  useChunks: false,
  sentBytes: 0,
  failures: 0,
  serverFailures: 0,
  directFailures: 0,
  retryAt: 0,
  isVerifying: false,
  isFileRemoved: false,
} as const;

/** What a person set for the whole queue. */
export interface QueueSettings {
  readonly isPaused: boolean;
  readonly wifiOnly: boolean;
}

/** The jobs in the app's store, what other tabs wish of them, and the settings of the queue. */
export class UploadRecords extends KeptRecords<UploadRecord> {
  readonly #wishes: string;
  readonly #settings: string;

  constructor(store: KeyValueStore, namespace: string) {
    super(store, `${namespace}.upload.`, ({ id }) => id);
    this.#wishes = `${namespace}.upload-wish.`;
    this.#settings = `${namespace}.upload-settings`;
  }

  async settings(): Promise<Partial<QueueSettings>> {
    try {
      return JSON.parse((await this.store.get(this.#settings)) ?? '{}') as Partial<QueueSettings>;
    } catch {
      return {};
    }
  }

  putSettings(settings: QueueSettings): Promise<void> {
    return this.store.set(this.#settings, JSON.stringify(settings));
  }

  override async delete(id: string): Promise<void> {
    await super.delete(id);
    await this.store.delete(this.#wishes + id);
  }

  wish(id: string, wish: UploadWish): Promise<void> {
    return this.store.set(this.#wishes + id, wish);
  }

  /** What was wished since it was last asked. */
  async takeWish(id: string): Promise<UploadWish | undefined> {
    const wish = await this.store.get(this.#wishes + id);
    if (wish !== undefined) await this.store.delete(this.#wishes + id);
    return isWish(wish) ? wish : undefined;
  }
}
