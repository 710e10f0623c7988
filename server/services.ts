import type { MikroORM } from '@mikro-orm/postgresql';
import type { Authenticator } from './auth/authenticator.js';
import type { SignInThrottle } from './auth/sign-in-throttle.js';
import type { Tokens } from './auth/tokens.js';
import type { Config } from './config.js';
import type { JobQueue } from './jobs/queue.js';
import type { Logger } from './logger.js';
import type { PubSub } from './pubsub/pubsub.js';
import type { PlaybackLinks } from './recordings/playback-links.js';
import type { Storage } from './storage/storage.js';
import type { IngestJob } from './uploads/ingest.job.js';
import type { UploadLinks } from './uploads/upload-links.js';

/** The long-lived parts of one process, which app.ts makes and every unit of work shares. */
export interface Services {
  readonly config: Config;
  readonly logger: Logger;
  readonly orm: MikroORM;
  readonly storage: Storage;
  readonly queue: JobQueue;
  readonly jobs: { readonly ingest: IngestJob };
  readonly pubsub: PubSub;
  readonly tokens: Tokens;
  readonly signInThrottle: SignInThrottle;
  readonly authenticator: Authenticator;
  readonly playbackLinks: PlaybackLinks;
  readonly uploadLinks: UploadLinks;
}
