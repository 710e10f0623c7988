import type { EntityManager } from '@mikro-orm/postgresql';
import { AuditReader } from './audit/audit.reader.js';
import { writeAudit } from './audit/audit-log.js';
import { auditedSignIn } from './audit/audited-sign-in.js';
import { AuthService, type SignedIn } from './auth/auth.service.js';
import { UserReader } from './auth/user.reader.js';
import type { UserType } from './auth/user.type.js';
import type { Viewer } from './auth/viewer.js';
import { CallLogReader } from './calls/call-log.reader.js';
import { CallLogService } from './calls/call-log.service.js';
import { CatiCallReader } from './cati/cati-call.reader.js';
import { InterviewerKeyService } from './cati/interviewer-key.service.js';
import { ProviderStateReader } from './cati/provider-state.reader.js';
import { retryCopy } from './cati/retry-copy.js';
import { SourcePlayback } from './cati/source-playback.js';
import { WebhookEventReader } from './cati/webhook-event.reader.js';
import { WebhookService } from './cati/webhook.service.js';
import { asViewer } from './database-session.js';
import { errors } from './errors.js';
import { LeadReader } from './leads/lead.reader.js';
import type { ReportFormat } from './migration-runs/migration-enums.js';
import { MigrationPace } from './migration-runs/migration-pace.js';
import { MigrationEvents } from './migration-runs/migration-watch.js';
import { MigrationReader } from './migration-runs/migration.reader.js';
import { MigrationService } from './migration-runs/migration.service.js';
import { ReportReader } from './migration-runs/report.reader.js';
import { RunMoves } from './migration-runs/run-moves.js';
import { MediaReader } from './recordings/media.reader.js';
import { RecordingWatch } from './recordings/recording-watch.js';
import type { ListeningNotes } from './recordings/listening.js';
import { RecordingAdmin, type Retrier } from './recordings/recording-admin.js';
import { RecordingReader } from './recordings/recording.reader.js';
import { RecordingService } from './recordings/recording.service.js';
import { StorageUsageReader } from './recordings/storage-usage.reader.js';
import { RecordingNoteReader } from './reviews/recording-note.reader.js';
import { RecordingNoteService } from './reviews/recording-note.service.js';
import { reviewForm } from './reviews/review-form.js';
import { ReviewReader } from './reviews/review.reader.js';
import { ReviewService } from './reviews/review.service.js';
import { SamplingService } from './reviews/sampling.service.js';
import type { Services } from './services.js';
import { StorageHealthReader } from './sweep/storage-health.reader.js';
import { StorageSweeps } from './sweep/storage-sweeps.js';
import { systemTransaction, type Transaction } from './unit-of-work.js';
import { ChunkWriter } from './uploads/chunk-writer.js';
import { DirectArrival } from './uploads/direct-arrival.js';
import { DirectLinks } from './uploads/direct-links.js';
import { FinalizeUpload } from './uploads/finalize-upload.js';
import { RequestUpload } from './uploads/request-upload.js';
import { retryUpload } from './uploads/retry-upload.js';
import { SimpleUpload } from './uploads/simple-upload.js';
import { TusService } from './uploads/tus/tus.service.js';
import { UploadReader } from './uploads/upload.reader.js';
import { UploadService, type DirectUpload } from './uploads/upload.service.js';
import { UploadTargets } from './uploads/upload-target.js';

/**
 * One unit of work: a viewer, a fork of the EntityManager and the services of the features over both. It is the
 * GraphQL context of one request, and what a route works through. Parts are made when they are first asked for.
 */
export class Scope {
  private readonly em: EntityManager;
  private readonly made = new Map<string, unknown>();

  constructor(
    private readonly services: Services,
    readonly viewerOrNobody: Viewer | undefined,
    /** Where the request comes from, for counting tries. */
    private readonly address = '',
  ) {
    this.em = services.orm.em.fork({ useContext: true });
  }

  /** All of the work is written, or nothing. */
  readonly transaction: Transaction = (work) => this.em.transactional(work);

  /** Who asks; UNAUTHENTICATED where nobody signed in. */
  readonly viewer = (): Viewer => {
    if (!this.viewerOrNobody) throw errors.unauthenticated();
    return this.viewerOrNobody;
  };

  /** Asks the database as this scope's viewer: for work that no route has put under one. */
  run<T>(work: () => T): T {
    return asViewer(this.viewerOrNobody, work);
  }

  async me(): Promise<UserType> {
    const user = await this.userReader.byId.load(this.viewer().id);
    if (!user) throw errors.unauthenticated();
    return user;
  }

  get userReader(): UserReader {
    return this.once('userReader', () => new UserReader(this.em));
  }

  signIn(email: string, password: string): Promise<SignedIn> {
    const { tokens, signInThrottle } = this.services;
    const auth = new AuthService(this.userReader, tokens, signInThrottle);
    const attempt = { email, address: this.address };
    return auditedSignIn(systemTransaction(this.services.orm), this.userReader, attempt, () =>
      auth.signIn(email, password, this.address),
    );
  }

  get leadReader(): LeadReader {
    return this.once('leadReader', () => new LeadReader(this.em, this.viewer));
  }

  get callLogReader(): CallLogReader {
    return this.once('callLogReader', () => new CallLogReader(this.em, this.viewer));
  }

  get callLogService(): CallLogService {
    return this.once(
      'callLogService',
      () => new CallLogService(this.viewer, this.transaction, this.callLogReader, this.leadReader),
    );
  }

  get catiCallReader(): CatiCallReader {
    return this.once('catiCallReader', () => new CatiCallReader(this.em, this.viewer));
  }

  get webhookService(): WebhookService {
    const { providers, copying } = this.services;
    return this.once('webhookService', () => new WebhookService(this.transaction, providers, copying.plan));
  }

  get webhookEventReader(): WebhookEventReader {
    return this.once('webhookEventReader', () => new WebhookEventReader(this.em));
  }

  get providerStateReader(): ProviderStateReader {
    const { providers } = this.services;
    return this.once('providerStateReader', () => new ProviderStateReader(this.em, providers));
  }

  get interviewerKeyService(): InterviewerKeyService {
    return this.once('interviewerKeyService', () => new InterviewerKeyService(this.transaction));
  }

  get recordingReader(): RecordingReader {
    return this.once('recordingReader', () => {
      return new RecordingReader(this.em, [
        () => this.callLogReader.ownsRecording(),
        () => this.catiCallReader.ownsRecording(),
      ]);
    });
  }

  get mediaReader(): MediaReader {
    return this.once('mediaReader', () => new MediaReader(this.em, this.services.storage));
  }

  get recordingService(): RecordingService {
    return this.once(
      'recordingService',
      () =>
        new RecordingService(this.viewer, this.services.playbackLinks, this.services.storage, (provider) =>
          this.sourcePlayback.knows(provider),
        ),
    );
  }

  get recordingAdmin(): RecordingAdmin {
    const { queue, jobs, copying, providers } = this.services;
    return this.once('recordingAdmin', () => {
      return new RecordingAdmin(this.viewer, this.transaction, this.recordingReader, [
        this.audited((em, id) => retryUpload(em, id, queue, jobs.ingest)),
        this.audited((em, id) => retryCopy(em, id, providers, copying.plan)),
      ]);
    });
  }

  get sourcePlayback(): SourcePlayback {
    const { orm, providers } = this.services;
    return this.once('sourcePlayback', () => new SourcePlayback(systemTransaction(orm), providers));
  }

  get recordingWatch(): RecordingWatch {
    return this.once('recordingWatch', () => {
      return new RecordingWatch(this.services.pubsub, {
        ofId: (id) => this.run(async () => (await this.recordingReader.get(id)).id),
        ofCallLog: (id) => this.run(async () => (await this.callLogReader.get(id)).recordingId ?? undefined),
        ofCatiCall: (id) =>
          this.run(async () => (await this.catiCallReader.get(id)).recordingId ?? undefined),
      });
    });
  }

  get migrationReader(): MigrationReader {
    return this.once('migrationReader', () => new MigrationReader(this.em));
  }

  get migrationPace(): MigrationPace {
    return this.once(
      'migrationPace',
      () => new MigrationPace(this.migrationReader, this.services.runFigures),
    );
  }

  get migrationService(): MigrationService {
    const { pubsub } = this.services;
    return this.once(
      'migrationService',
      () => new MigrationService(this.viewer, this.transaction, new RunMoves(pubsub), pubsub),
    );
  }

  get reportReader(): ReportReader {
    return this.once('reportReader', () => new ReportReader(this.em));
  }

  /** NOT_FOUND where there is no such run. */
  async watchMigration(id: string): Promise<MigrationEvents> {
    const run = await this.migrationReader.get(id);
    return new MigrationEvents(this.services.pubsub, run.id, () =>
      this.run(() => new MigrationReader(this.services.orm.em.fork({ useContext: true })).get(run.id)),
    );
  }

  /** A link to a run's report; a dry run has none. */
  migrationReport(
    run: { id: string; dryRun: boolean },
    format: ReportFormat,
  ): { url: string; expiresAt: Date } | null {
    return run.dryRun ? null : this.services.reportLinks.link(run.id, format, this.viewer().id);
  }

  get storageUsageReader(): StorageUsageReader {
    return this.once(
      'storageUsageReader',
      () => new StorageUsageReader(this.em, this.services.config.storagePrice),
    );
  }

  get storageHealthReader(): StorageHealthReader {
    return this.once('storageHealthReader', () => new StorageHealthReader(this.em, this.viewer));
  }

  get storageSweeps(): StorageSweeps {
    const { queue, jobs } = this.services;
    return this.once(
      'storageSweeps',
      () => new StorageSweeps(this.viewer, this.transaction, queue, jobs.sweep),
    );
  }

  get auditReader(): AuditReader {
    return this.once('auditReader', () => new AuditReader(this.em));
  }

  get listening(): ListeningNotes {
    return this.services.listening;
  }

  get reviewReader(): ReviewReader {
    return this.once('reviewReader', () => new ReviewReader(this.em, this.viewer));
  }

  get reviewService(): ReviewService {
    const { reviewLock } = this.services.config.intervals;
    return this.once(
      'reviewService',
      () =>
        new ReviewService(this.viewer, this.transaction, this.reviewReader, this.catiCallReader, reviewLock),
    );
  }

  get reviewForm(): ReturnType<typeof reviewForm> {
    return reviewForm(this.services.config.intervals.reviewLock);
  }

  get samplingService(): SamplingService {
    return this.once('samplingService', () => new SamplingService(this.em, this.viewer, this.transaction));
  }

  get recordingNoteReader(): RecordingNoteReader {
    return this.once('recordingNoteReader', () => new RecordingNoteReader(this.em, this.viewer));
  }

  get recordingNoteService(): RecordingNoteService {
    return this.once('recordingNoteService', () => {
      const { recordingNoteReader, recordingReader } = this;
      return new RecordingNoteService(this.viewer, this.transaction, recordingNoteReader, recordingReader);
    });
  }

  get uploadService(): UploadService {
    return this.once('uploadService', () => this.makeUploadService());
  }

  get tusService(): TusService {
    const { uploads, intervals } = this.services.config;
    const limits = { maxBytes: uploads.maxBytes, expiry: intervals.uploadExpiry };
    return this.once(
      'tusService',
      () => new TusService(this.uploadService, this.chunkWriter, this.em, limits),
    );
  }

  private get uploadReader(): UploadReader {
    return this.once('uploadReader', () => new UploadReader(this.em));
  }

  private get chunkWriter(): ChunkWriter {
    return this.once('chunkWriter', () => new ChunkWriter(this.em, this.uploadReader, this.services.storage));
  }

  private makeUploadService(): UploadService {
    const { viewer, transaction, services } = this;
    const { storage, queue, jobs, config, uploadLinks } = services;
    const reader = this.uploadReader;
    const targets = new UploadTargets(viewer, this.callLogReader, this.catiCallReader, this.recordingReader);
    const requests = new RequestUpload(viewer, transaction, {
      ...config.uploads,
      expiry: config.intervals.uploadExpiry,
      direct: storage.direct !== undefined,
    });
    const finalizer = new FinalizeUpload(transaction, queue, jobs.ingest);
    const simple = new SimpleUpload(
      targets,
      requests,
      finalizer,
      transaction,
      storage,
      config.uploads.maxBytes,
    );
    return new UploadService(
      viewer,
      reader,
      targets,
      requests,
      this.chunkWriter,
      finalizer,
      simple,
      uploadLinks,
      this.directUpload(reader),
      transaction,
      config.intervals.uploadExpiry,
    );
  }

  private directUpload(reader: UploadReader): DirectUpload | undefined {
    const { storage, config } = this.services;
    const { direct } = storage;
    return (
      direct && {
        links: new DirectLinks(this.transaction, reader, direct, config.intervals.uploadExpiry),
        arrival: new DirectArrival(this.transaction, storage, direct),
      }
    );
  }

  /** A retry that took place is written down with it. */
  private audited(retrier: Retrier): Retrier {
    return async (em, recordingId) => {
      if (!(await retrier(em, recordingId))) return false;
      await writeAudit(em, { kind: 'RECORDING_RETRIED', actorId: this.viewer().id, recordingId });
      return true;
    };
  }

  private once<Part>(name: string, make: () => Part): Part {
    if (!this.made.has(name)) this.made.set(name, make());
    return this.made.get(name) as Part;
  }
}
