import {
  manualNetwork,
  memoryStore,
  processLock,
  RecordingUploadService,
  type KeyValueStore,
  type LocalFile,
  type LocalFiles,
  type Lock,
  type UploadJob,
  type UploadSource,
} from '../../../sdk/core/uploads/index.js';
import { virtualClock } from '../../support/virtual-clock.js';
import { FakeServer } from './fake-server.js';

/** Files in memory, by their names. */
export class MemoryFiles implements LocalFiles {
  readonly bytes = new Map<string, Uint8Array>();

  open({ uri }: LocalFile): Promise<UploadSource | undefined> {
    const bytes = this.bytes.get(uri);
    if (!bytes) return Promise.resolve(undefined);
    const read = (offset: number, length: number) => Promise.resolve(bytes.subarray(offset, offset + length));
    return Promise.resolve({ byteSize: bytes.length, read, bytes: read });
  }

  remove({ uri }: LocalFile): Promise<void> {
    this.bytes.delete(uri);
    return Promise.resolve();
  }

  playable(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}

/** What the tabs of one browser share. */
export class Browser {
  readonly server = new FakeServer();
  readonly clock = virtualClock();
  readonly files = new MemoryFiles();
  readonly network = manualNetwork();
  readonly store: KeyValueStore = memoryStore();
  readonly #lock: Lock = processLock();

  /** Another tab; or the same one, opened again. */
  tab(concurrency = 2): RecordingUploadService {
    const { server, clock, files, network, store } = this;
    return new RecordingUploadService({
      client: server.client(clock),
      sender: server.sender,
      clock,
      files,
      network,
      store,
      lock: this.#lock,
      concurrency,
    });
  }

  /** A file of this name, for a call of this name. */
  make(name: string, text = `sound of ${name}`) {
    this.files.bytes.set(name, new TextEncoder().encode(text));
    return { callLogId: name, file: { uri: name } };
  }
}

export const phasesOf = (service: RecordingUploadService): UploadJob['state']['phase'][] =>
  service.getSnapshot().jobs.map(({ state }) => state.phase);
