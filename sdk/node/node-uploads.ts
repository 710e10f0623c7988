import type { EarshotClient } from '../core/client.js';
import { manualNetwork } from '../core/memory-ports.js';
import { RecordingUploadService } from '../core/uploads/recording-upload-service.js';
import type { RecordingUploadOptions } from '../core/uploads/recording-upload-service.js';
import { fileStore } from './file-store.js';
import { nodeFiles } from './node-files.js';
import { nodeSender } from './node-sender.js';

export interface NodeUploadsOptions extends Partial<Omit<RecordingUploadOptions, 'client' | 'store'>> {
  readonly client: EarshotClient;
  /** Where the jobs are kept: one process at a time. */
  readonly folder: string;
}

/** The upload service over Node's files; each port may be replaced. */
export function nodeUploads({ folder, ...options }: NodeUploadsOptions): RecordingUploadService {
  return new RecordingUploadService({
    store: fileStore(folder),
    files: nodeFiles(),
    sender: nodeSender(),
    network: manualNetwork(),
    ...options,
  });
}
