/** Uploads that survive, and the calls they belong to, on any platform. What is not named here is not public. */
export { RecordingUploadService } from './recording-upload-service.js';
export type { EnqueueInput, RecordingUploadOptions } from './recording-upload-service.js';
export { isSettled } from './upload-job.js';
export type {
  UploadHold,
  UploadJob,
  UploadMethod,
  UploadPhase,
  UploadQueueSnapshot,
  UploadState,
  UploadTarget,
} from './upload-job.js';
export { UPLOAD_MESSAGES } from './upload-problem.js';
export type { UploadProblem, UploadProblemCode } from './upload-problem.js';
export type {
  LocalFile,
  LocalFiles,
  Sender,
  SendRequest,
  SendResponse,
  UploadSource,
} from './upload-ports.js';
export type { UploadClient } from './upload-run.js';
export { fetchSender } from './fetch-sender.js';
export { xhrSender } from './xhr-sender.js';
export type { XhrConstructor, XhrLike } from './xhr-sender.js';
export { manualNetwork, memoryStore, processLock } from '../memory-ports.js';
export type { ManualNetwork } from '../memory-ports.js';
export type { Clock, KeyValueStore, Lock, NetworkMonitor, NetworkState, Observable } from '../ports.js';

export { CallRecordingManager } from '../calls/call-recording-manager.js';
export type { CallRecordingOptions } from '../calls/call-recording-manager.js';
export type { CallState, FinishedCall, TrackedCall } from '../calls/call-record.js';
