import { operationOf } from './document.js';
import type { TypedDocumentString } from './document.js';
import { EarshotError } from './errors.js';
import { found } from './found.js';
import * as operations from './generated/operations.js';
import { isIdempotent } from './idempotency.js';
import type { EarshotClientOptions, RequestOptions, TokenSource } from './options.js';
import { paginate } from './paginate.js';
import { globalPlatform } from './platform.js';
import type { Platform } from './platform.js';
import { DEFAULT_RETRY, withRetries } from './retry.js';
import { socketUrl } from './subscriptions/socket-url.js';
import { Sockets } from './subscriptions/sockets.js';
import { migrationWatch } from './subscriptions/watch-migration.js';
import { recordingWatch } from './subscriptions/watch-recording.js';
import type { RecordingTarget } from './subscriptions/watch-recording.js';
import type { WatchOptions, WatchSpec } from './subscriptions/watch-spec.js';
import { Watch } from './subscriptions/watch.js';
import { createHttpTransport } from './transport.js';
import type { Transport } from './transport.js';
import type * as types from './types.js';
import { SDK_VERSION } from './version.js';

/** Variables may be left out where none is required. */
export type RequestArguments<TVariables> =
  Record<string, never> extends TVariables
    ? [variables?: TVariables, options?: RequestOptions]
    : [variables: TVariables, options?: RequestOptions];

type Forward<TVariables> = Omit<TVariables, 'last' | 'before'>;

/** The Earshot API, typed. Every method rejects with an EarshotError, by the class of its code. */
export class EarshotClient {
  /** What the runtime provides, with the parts that were replaced. */
  readonly platform: Platform;
  readonly #transport: Transport;
  readonly #sockets: Sockets | undefined;
  #token: TokenSource | undefined;

  constructor(options: EarshotClientOptions) {
    this.platform = {
      ...globalPlatform(),
      ...options.platform,
      ...(options.fetch ? { fetch: options.fetch } : {}),
      ...(options.webSocketImpl ? { WebSocket: options.webSocketImpl } : {}),
    };
    this.#token = options.token;
    const transport = options.transport ?? this.#httpTransport(options);
    this.#transport = withRetries(transport, { ...DEFAULT_RETRY, ...options.retry }, this.platform);
    this.#sockets = this.#createSockets(options);
  }

  #httpTransport(options: EarshotClientOptions): Transport {
    return createHttpTransport({
      url: options.url,
      platform: this.platform,
      token: () => this.#currentToken(),
      headers: {
        'apollographql-client-name': options.clientName ?? '@earshot/sdk',
        'apollographql-client-version': options.clientVersion ?? SDK_VERSION,
        ...options.headers,
      },
      timeoutMs: options.timeoutMs ?? 30_000,
      uploadTimeoutMs: options.uploadTimeoutMs ?? 300_000,
    });
  }

  #createSockets(options: EarshotClientOptions): Sockets | undefined {
    const { platform } = this;
    const url = options.socketUrl ?? socketUrl(options.url);
    if (url === undefined || !platform.WebSocket) return undefined;
    return new Sockets({ url, platform, WebSocket: platform.WebSocket, token: () => this.#currentToken() });
  }

  #currentToken(): string | undefined | Promise<string | undefined> {
    return typeof this.#token === 'function' ? this.#token() : this.#token;
  }

  /** From now on; `undefined` signs out. What is watched is watched on under the new token. */
  setToken(token: TokenSource | undefined): void {
    this.#token = token;
    this.#sockets?.renew();
  }

  /** Any document. One that answers both data and errors rejects, unless `onPartial` is given. */
  async request<TResult, TVariables>(
    document: TypedDocumentString<TResult, TVariables>,
    ...[variables, options = {}]: RequestArguments<TVariables>
  ): Promise<TResult> {
    const operation = operationOf(document);
    const { onPartial, idempotent = isIdempotent(operation, variables), ...rest } = options;
    try {
      return (await this.#transport({ ...operation, ...rest, document, variables, idempotent })) as TResult;
    } catch (error) {
      if (!onPartial || !(error instanceof EarshotError) || error.data === undefined) throw error;
      onPartial(error);
      return error.data as TResult;
    }
  }

  async me(options?: RequestOptions): Promise<types.User> {
    return (await this.request(operations.MeDocument, {}, options)).me;
  }

  /** Keeps the token for what follows, unless the client was given a function for it. */
  async signIn(input: operations.SignInInput, options?: RequestOptions): Promise<types.SignInResult> {
    const { signIn } = await this.request(operations.SignInDocument, { input }, options);
    if (typeof this.#token !== 'function') this.setToken(signIn.accessToken);
    return signIn;
  }

  async lead(id: string, options?: RequestOptions): Promise<types.Lead> {
    return found('lead', (await this.request(operations.LeadDocument, { id }, options)).lead);
  }

  /** One page; `iterate.leads` goes through all. */
  async leads(
    variables: operations.LeadsQueryVariables = {},
    options?: RequestOptions,
  ): Promise<types.LeadPage> {
    return (await this.request(operations.LeadsDocument, variables, options)).leads;
  }

  async callLog(id: string, options?: RequestOptions): Promise<types.CallLog> {
    return found('call log', (await this.request(operations.CallLogDocument, { id }, options)).callLog);
  }

  /** One page; `iterate.callLogs` goes through all. */
  async callLogs(
    variables: operations.CallLogsQueryVariables = {},
    options?: RequestOptions,
  ): Promise<types.CallLogPage> {
    return (await this.request(operations.CallLogsDocument, variables, options)).callLogs;
  }

  /** By our id, or by the provider's. */
  async catiCall(
    key: { readonly id: string } | { readonly callId: string },
    options?: RequestOptions,
  ): Promise<types.CatiCall> {
    return found('CATI call', (await this.request(operations.CatiCallDocument, key, options)).catiCall);
  }

  /** One page; `iterate.catiCalls` goes through all. */
  async catiCalls(
    variables: operations.CatiCallsQueryVariables = {},
    options?: RequestOptions,
  ): Promise<types.CatiCallPage> {
    return (await this.request(operations.CatiCallsDocument, variables, options)).catiCalls;
  }

  /** Every node, for `for await`; `first` is the size of a page. */
  readonly iterate = {
    leads: ({ after, ...rest }: Forward<operations.LeadsQueryVariables> = {}, options?: RequestOptions) =>
      paginate((cursor) => this.leads({ ...rest, after: cursor }, options), after ?? undefined),
    callLogs: (
      { after, ...rest }: Forward<operations.CallLogsQueryVariables> = {},
      options?: RequestOptions,
    ) => paginate((cursor) => this.callLogs({ ...rest, after: cursor }, options), after ?? undefined),
    catiCalls: (
      { after, ...rest }: Forward<operations.CatiCallsQueryVariables> = {},
      options?: RequestOptions,
    ) => paginate((cursor) => this.catiCalls({ ...rest, after: cursor }, options), after ?? undefined),
    migrations: ({ after, ...rest }: operations.MigrationsQueryVariables = {}, options?: RequestOptions) =>
      paginate((cursor) => this.migrations({ ...rest, after: cursor }, options), after ?? undefined),
    migrationItems: ({ after, ...rest }: operations.MigrationItemsQueryVariables, options?: RequestOptions) =>
      paginate((cursor) => this.migrationItems({ ...rest, after: cursor }, options), after ?? undefined),
  };

  /** Without an idempotency key it gets one, so that a repetition after a lost answer logs nothing twice. */
  async logCall(input: operations.LogCallInput, options?: RequestOptions): Promise<types.LoggedCall> {
    return (await this.request(operations.LogCallDocument, { input: this.#keyed(input) }, options)).logCall
      .callLog;
  }

  /** With a link of the given life (60 to 3600 seconds), kind and variant. */
  async recording(
    id: string,
    { link, ...options }: RequestOptions & { link?: Omit<operations.RecordingQueryVariables, 'id'> } = {},
  ): Promise<types.Recording> {
    return found(
      'recording',
      (await this.request(operations.RecordingDocument, { ...link, id }, options)).recording,
    );
  }

  /**
   * A recording as it is, then at its changes; it never ends by itself while the viewer may see it.
   *
   *     for await (const { status } of client.watchRecording({ callLogId })) if (status === 'UPLOADED') break;
   */
  watchRecording(target: RecordingTarget, options?: WatchOptions): Watch<types.RecordingState> {
    return this.watch(recordingWatch(this, target), options);
  }

  /** Anything that a subscription tells of and a query answers, over whatever way is open. */
  watch<T, TResult, TVariables>(
    spec: WatchSpec<T, TResult, TVariables>,
    options: WatchOptions = {},
  ): Watch<T> {
    return new Watch(spec as WatchSpec<T>, this.platform, this.#sockets, options);
  }

  async migration(id: string, options?: RequestOptions): Promise<types.Migration> {
    return found('run', (await this.request(operations.MigrationDocument, { id }, options)).migration);
  }

  /** One page, newest first; `iterate.migrations` goes through all. */
  async migrations(
    variables: operations.MigrationsQueryVariables = {},
    options?: RequestOptions,
  ): Promise<types.MigrationPage> {
    return (await this.request(operations.MigrationsDocument, variables, options)).migrations;
  }

  /** One page of what a run is done with; `iterate.migrationItems` goes through all. */
  async migrationItems(
    variables: operations.MigrationItemsQueryVariables,
    options?: RequestOptions,
  ): Promise<types.MigrationItemPage> {
    const { migration } = await this.request(operations.MigrationItemsDocument, variables, options);
    return found('run', migration).items;
  }

  /** A link to every item of a run as a file. A dry run has none: NotFoundError. */
  async migrationReport(
    id: string,
    format: operations.ReportFormat = 'CSV',
    options?: RequestOptions,
  ): Promise<types.SignedUrl> {
    const { migration } = await this.request(operations.MigrationReportDocument, { id, format }, options);
    return found('report', found('run', migration).report);
  }

  /** Without an idempotency key it gets one. ConflictError while another run of the provider is live. */
  async startMigration(
    input: operations.StartMigrationInput = {},
    options?: RequestOptions,
  ): Promise<types.Migration> {
    const variables = { input: this.#keyed(input) };
    return (await this.request(operations.StartMigrationDocument, variables, options)).startMigration
      .migration;
  }

  async pauseMigration(id: string, options?: RequestOptions): Promise<types.Migration> {
    const variables = { input: { id } };
    return (await this.request(operations.PauseMigrationDocument, variables, options)).pauseMigration
      .migration;
  }

  async resumeMigration(id: string, options?: RequestOptions): Promise<types.Migration> {
    const variables = { input: { id } };
    return (await this.request(operations.ResumeMigrationDocument, variables, options)).resumeMigration
      .migration;
  }

  async cancelMigration(id: string, options?: RequestOptions): Promise<types.Migration> {
    const variables = { input: { id } };
    return (await this.request(operations.CancelMigrationDocument, variables, options)).cancelMigration
      .migration;
  }

  /** Within two seconds, in every worker. What is left out stays as it is; null lifts the limits that may be none. */
  async updateMigrationLimits(
    input: operations.UpdateMigrationLimitsInput,
    options?: RequestOptions,
  ): Promise<types.Migration> {
    return (await this.request(operations.UpdateMigrationLimitsDocument, { input }, options))
      .updateMigrationLimits.migration;
  }

  /** A run as it is, then at its changes, at most four a second; it ends when the run is over. */
  watchMigration(id: string, options?: WatchOptions): Watch<types.Migration> {
    return this.watch(migrationWatch(this, id), options);
  }

  async storageUsage(options?: RequestOptions): Promise<types.StorageUsage> {
    return (await this.request(operations.StorageUsageDocument, {}, options)).storageUsage;
  }

  async upload(id: string, options?: RequestOptions): Promise<types.UploadTicket> {
    return found('upload', (await this.request(operations.UploadDocument, { id }, options)).upload);
  }

  /** Without an idempotency key it gets one. */
  async requestUpload(
    input: operations.RequestUploadInput,
    options?: RequestOptions,
  ): Promise<types.UploadTicket> {
    const variables = { input: this.#keyed(input) };
    return (await this.request(operations.RequestUploadDocument, variables, options)).requestUpload.upload;
  }

  async appendChunk(
    input: operations.AppendChunkInput,
    options?: RequestOptions,
  ): Promise<types.UploadSession> {
    return (await this.request(operations.AppendChunkDocument, { input }, options)).appendChunk.upload;
  }

  async finalizeUpload(
    input: operations.FinalizeUploadInput,
    options?: RequestOptions,
  ): Promise<types.UploadSession> {
    return (await this.request(operations.FinalizeUploadDocument, { input }, options)).finalizeUpload.upload;
  }

  async cancelUpload(
    input: operations.CancelUploadInput,
    options?: RequestOptions,
  ): Promise<types.UploadSession> {
    return (await this.request(operations.CancelUploadDocument, { input }, options)).cancelUpload.upload;
  }

  /** The whole file in one request: for small files on good connections. */
  async uploadRecording(
    input: operations.UploadRecordingInput,
    options?: RequestOptions,
  ): Promise<types.UploadSession> {
    return (await this.request(operations.UploadRecordingDocument, { input }, options)).uploadRecording
      .upload;
  }

  #keyed<T extends { readonly idempotencyKey?: string | null | undefined }>(input: T): T {
    return { ...input, idempotencyKey: input.idempotencyKey ?? this.platform.uniqueId() };
  }
}
