import type { CallRecordingManager } from '../core/calls/call-recording-manager.js';
import type { EarshotClient } from '../core/client.js';
import { RecordingUploadService } from '../core/uploads/recording-upload-service.js';
import type { EnqueueInput, RecordingUploadOptions } from '../core/uploads/recording-upload-service.js';
import type { UploadJob, UploadTarget } from '../core/uploads/upload-job.js';
import { xhrSender } from '../core/uploads/xhr-sender.js';
import { Database } from './database.js';
import { KeptFiles } from './kept-files.js';
import { webFiles } from './web-files.js';
import type { WebFiles } from './web-files.js';
import { webLock } from './web-lock.js';
import { webNetwork } from './web-network.js';
import { webStore } from './web-store.js';

export interface WebUploadsOptions extends Partial<Omit<RecordingUploadOptions, 'client'>> {
  readonly client: EarshotClient;
}

export interface WebUploads {
  readonly service: RecordingUploadService;
  readonly files: WebFiles;
  /** Keeps the Blob in the browser and enqueues it: from here on it survives a reload. */
  upload(input: UploadTarget & { readonly blob: Blob; readonly name?: string }): Promise<UploadJob>;
  /**
   * Starts, removes what was kept and never enqueued (unless a `store` was given), and wakes whenever the page is seen
   * again, `calls` too; the result stops both. The calls are started and stopped by their owner.
   */
  start(calls?: Pick<CallRecordingManager, 'wake'>): Promise<() => Promise<void>>;
}

/** The upload service over the browser's storage, locks and requests; each port may be replaced. */
export function webUploads({ client, ...options }: WebUploadsOptions): WebUploads {
  const database = new Database();
  const files = webFiles(database);
  const kept = new KeptFiles(database);
  const service = new RecordingUploadService({
    client,
    store: webStore(database),
    files,
    sender: xhrSender(XMLHttpRequest, client.platform),
    network: webNetwork(),
    lock: webLock(),
    concurrency: 3,
    ...options,
  });
  return {
    service,
    files,
    async upload({ blob, name, ...target }) {
      const file = await files.keep(blob, name);
      const input: EnqueueInput = { ...target, file };
      const job = await service.enqueue(input);
      // The same recording is there already, under another name.
      if (job.file.uri !== file.uri) await files.remove(file);
      // From here on its end is what the job's owner says.
      else await kept.forget(file.uri);
      return job;
    },
    async start(calls) {
      const stopper = new AbortController();
      const wake = () => {
        if (document.visibilityState !== 'visible') return;
        void service.wake().catch(() => undefined);
        calls?.wake();
      };
      document.addEventListener('visibilitychange', wake, { signal: stopper.signal });
      await service.start();
      // What could not be removed now is there at the next start.
      if (!options.store) await files.sweep().catch(() => undefined);
      return () => {
        stopper.abort();
        return service.stop();
      };
    },
  };
}
