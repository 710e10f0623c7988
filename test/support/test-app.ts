import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EarshotClient } from '../../sdk/core/index.js';
import { createApp, type App, type Overrides } from '../../server/app.js';
import { loadConfig } from '../../server/config.js';
import type { Services } from '../../server/services.js';
import { S3Storage } from '../../server/storage/s3-storage.js';
import { asSuperuser, createDatabase, type TestDatabase } from './database.js';
import { Factory } from './factory.js';
import { TestBucket, type TestS3 } from './s3.js';
import { StoringGate } from './storing-gate.js';

export interface TestAppOptions extends Overrides {
  /** Environment beside the defaults, as the operator would give it. */
  env?: Record<string, string>;
  /** Several processes' worth of apps share a database and a data dir. */
  shareWith?: TestApp;
  /** Keeps what it stores in a bucket of its own there; undefined: on the local disk. */
  s3?: TestS3 | undefined;
  /** As a database user whom row-level security does not bind. */
  superuser?: boolean;
}

/** A whole server on a free port, with a database and a folder of its own. */
export class TestApp implements AsyncDisposable {
  readonly make: Factory;
  private gate: StoringGate | undefined;

  private constructor(
    readonly app: App,
    readonly database: TestDatabase,
    readonly dataDir: string,
    private readonly owns: boolean,
    private readonly bucket: TestBucket | undefined,
  ) {
    this.make = new Factory(app.services.orm);
  }

  static async start({
    env = {},
    shareWith,
    superuser = false,
    s3,
    ...overrides
  }: TestAppOptions = {}): Promise<TestApp> {
    const database = shareWith?.database ?? (await createDatabase());
    const dataDir = shareWith?.dataDir ?? (await mkdtemp(join(tmpdir(), 'earshot-app-')));
    const config = loadConfig({
      PORT: '0',
      EARSHOT_DATA_DIR: dataDir,
      DATABASE_URL: superuser ? asSuperuser(database.url) : database.url,
      AUTH_JWT_SECRET: 'a secret for tests, long enough to be one',
      URL_SIGNING_KEYS: 'test:a-key-for-tests-that-is-long-enough-to-be-one',
      LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
      INGEST_RETRY_SECONDS: '1',
      SWEEP_SECONDS: '1',
      TAKE_OVER_SECONDS: '1',
      DRAIN_SECONDS: '5',
      // What players need is made where a test is about it: ffmpeg would take the others' time.
      MEDIA: 'off',
      // Listening goes through the server, as from a local store; links to the bucket have tests of their own.
      ...(s3 && { RECORDING_DELIVERY: 'proxy' }),
      ...env,
    });
    const bucket = s3 && (await TestBucket.create(s3));
    const storage = bucket && new S3Storage(bucket.options());
    const app = await createApp(config, { spies: true, ...(storage && { storage }), ...overrides });
    return new TestApp(app, database, dataDir, shareWith === undefined, bucket);
  }

  get url(): string {
    return this.app.url;
  }

  get services(): Services {
    return this.app.services;
  }

  /** A client signed in as this user, without the cost of a password. */
  async client(user: { id: string }): Promise<EarshotClient> {
    const { accessToken } = await this.services.tokens.issue(user.id);
    return this.clientWith(accessToken);
  }

  clientWith(token: string | undefined): EarshotClient {
    return new EarshotClient({
      url: `${this.url}/graphql`,
      retry: { retries: 0 },
      ...(token === undefined ? {} : { token }),
    });
  }

  /** Resolves when the upload's ingest has ended (each try ends once), by the job's own event. */
  async ingested(uploadId: string, state: 'completed' | 'failed' = 'completed'): Promise<void> {
    await this.services.queue
      .spy(this.services.jobs.ingest)
      .waitForJob((data) => 'uploadId' in data && data.uploadId === uploadId, state);
  }

  /** Answers as it is before a worker, however quick, has stored a recording: what this work begins waits for its end. */
  beforeStoring<T>(work: () => Promise<T>): Promise<T> {
    this.gate ??= new StoringGate(this.services.storage);
    return this.gate.during(work);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app.close();
    await this.bucket?.remove();
    if (!this.owns) return;
    await this.database[Symbol.asyncDispose]();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
