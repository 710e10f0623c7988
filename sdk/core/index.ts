/** The SDK's core: no DOM, Node or React types. What is not named here is not public. */
export { EarshotClient } from './client.js';
export type { RequestArguments } from './client.js';
export type { EarshotClientOptions, RequestOptions, TokenSource } from './options.js';
export type { TypedDocumentString } from './document.js';
export type { OperationRequest, Transport } from './transport.js';
export type { RetryPolicy } from './retry.js';
export { paginate } from './paginate.js';
export type { Page } from './paginate.js';
export type { Watch } from './subscriptions/watch.js';
export type { WatchOptions, WatchSpec, WatchState } from './subscriptions/watch-spec.js';
export type { RecordingTarget } from './subscriptions/watch-recording.js';
export { SDK_VERSION } from './version.js';

export { uploadInChunks } from './uploads/chunked-upload.js';
export type { ChunkClient, ChunkedUploadOptions } from './uploads/chunked-upload.js';
export { fromBlob, fromBytes } from './uploads/file-source.js';
export type { FileSource } from './uploads/file-source.js';

export {
  AbortedError,
  BadRequestError,
  ChecksumMismatchError,
  ChunkDiffersError,
  ConflictError,
  EarshotError,
  ExpiredError,
  ForbiddenError,
  InternalServerError,
  InvalidInputError,
  NetworkError,
  NotFoundError,
  OffsetMismatchError,
  PayloadTooLargeError,
  QuotaExceededError,
  RateLimitedError,
  ResponseFormatError,
  TimeoutError,
  UnauthenticatedError,
  UnavailableError,
  UnsupportedMediaTypeError,
  UploadIncompleteError,
} from './errors.js';
export type { ClientErrorCode, ErrorCode, ErrorFacts, GraphQLErrorLike } from './errors.js';

export type {
  AbortControllerLike,
  AbortSignalLike,
  BlobLike,
  FetchLike,
  FileInput,
  FileReference,
  FormDataLike,
  HeadersLike,
  Platform,
  RequestInitLike,
  ResponseLike,
  WebSocketConstructor,
  WebSocketLike,
} from './platform.js';

export type {
  CallLog,
  CallLogListItem,
  CallLogPage,
  CatiCall,
  CatiCallListItem,
  CatiCallPage,
  Failure,
  Lead,
  LeadPage,
  LoggedCall,
  Migration,
  MigrationItem,
  MigrationItemPage,
  MigrationPage,
  Recording,
  RecordingState,
  SignedUrl,
  SignInResult,
  StorageUsage,
  UploadSession,
  UploadTicket,
  User,
} from './types.js';

export type {
  AppendChunkInput,
  CallLogFilter,
  CallLogOrder,
  CallLogOrderField,
  CallLogsQueryVariables,
  CallOutcome,
  CancelUploadInput,
  CatiCallFilter,
  CatiCallOrder,
  CatiCallOrderField,
  CatiCallsQueryVariables,
  CatiCallStatus,
  Disposition,
  FailureCode,
  FinalizeUploadInput,
  LeadFilter,
  LeadOrder,
  LeadOrderField,
  LeadsQueryVariables,
  LeadStatus,
  LogCallInput,
  MigrationFilter,
  MigrationItemFilter,
  MigrationItemsQueryVariables,
  MigrationItemStatus,
  MigrationOrder,
  MigrationsQueryVariables,
  MigrationStatus,
  RecordingFlag,
  RecordingStatus,
  RecordingVariant,
  ReportFormat,
  RequestUploadInput,
  Role,
  SignInInput,
  SortDirection,
  StartMigrationInput,
  UpdateMigrationLimitsInput,
  UploadedPartInput,
  UploadRecordingInput,
  UploadStatus,
  UploadStrategy,
} from './generated/operations.js';
