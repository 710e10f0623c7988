import type { MikroORM } from '@mikro-orm/postgresql';
import type { ListeningLog } from './audit/listening-log.js';
import type { Authenticator } from './auth/authenticator.js';
import type { SignInThrottle } from './auth/sign-in-throttle.js';
import type { Tokens } from './auth/tokens.js';
import type { Copying } from './cati/copying.js';
import type { CopyJob } from './cati/copy.job.js';
import type { Config } from './config.js';
import type { JobQueue } from './jobs/queue.js';
import type { Logger } from './logger.js';
import type { Ffmpeg } from './media/ffmpeg.js';
import type { ReportLinks } from './migration-runs/report-links.js';
import type { RunFigures } from './migration-runs/run-figures.js';
import type { ProviderRegistry } from './providers/registry.js';
import type { PubSub } from './pubsub/pubsub.js';
import type { MediaJob } from './recordings/media.job.js';
import type { MediaPlan } from './recordings/media-plan.js';
import type { PlaybackLinks } from './recordings/playback-links.js';
import type { Storage } from './storage/storage.js';
import type { SweepMetrics } from './sweep/sweep-metrics.js';
import type { SweepJob } from './sweep/sweep.job.js';
import type { IngestJob } from './uploads/ingest.job.js';
import type { UploadLinks } from './uploads/upload-links.js';

/** The long-lived parts of one process, which app.ts makes and every unit of work shares. */
export interface Services {
  readonly config: Config;
  readonly logger: Logger;
  readonly orm: MikroORM;
  readonly storage: Storage;
  readonly queue: JobQueue;
  readonly jobs: {
    readonly ingest: IngestJob;
    readonly copy: CopyJob;
    readonly media: MediaJob;
    readonly sweep: SweepJob;
  };
  readonly pubsub: PubSub;
  /** Who listens, for the audit trail. */
  readonly listening: ListeningLog;
  readonly sweepMetrics: SweepMetrics;
  /** The telephony providers that are connected. */
  readonly providers: ProviderRegistry;
  readonly copying: Copying;
  readonly mediaPlan: MediaPlan;
  /** Of this machine, where there is one and this process makes media. */
  readonly ffmpeg: Ffmpeg | undefined;
  /** How the server names itself in links, without a slash at the end. */
  readonly publicUrl: () => string;
  readonly tokens: Tokens;
  readonly signInThrottle: SignInThrottle;
  readonly authenticator: Authenticator;
  readonly playbackLinks: PlaybackLinks;
  readonly uploadLinks: UploadLinks;
  readonly reportLinks: ReportLinks;
  readonly runFigures: RunFigures;
}
