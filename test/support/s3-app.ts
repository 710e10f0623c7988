import { S3Storage } from '../../server/storage/s3-storage.js';
import type { S3Options } from '../../server/storage/s3-options.js';
import { TestBucket, type TestS3 } from './s3.js';
import { TestApp, type TestAppOptions } from './test-app.js';
import { Caller } from './upload-steps.js';

/** A server whose store is a bucket of its own on a real S3 server, and a telecaller at work. */
export class S3App implements AsyncDisposable {
  private constructor(
    readonly bucket: TestBucket,
    readonly app: TestApp,
    readonly caller: Caller,
  ) {}

  static async start(
    s3: TestS3,
    options: TestAppOptions = {},
    store: Partial<S3Options> = {},
  ): Promise<S3App> {
    const bucket = await TestBucket.create(s3);
    const storage = new S3Storage(bucket.options(store));
    const app = await TestApp.start({ storage, ...options });
    return new S3App(bucket, app, await Caller.create(app));
  }

  /** Everything below `uploads/`: objects, and uploads by parts that are neither complete nor aborted. */
  async uploads(): Promise<string[]> {
    return (await this.bucket.left()).filter((key) => key.startsWith('uploads/'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app[Symbol.asyncDispose]();
    await this.bucket.remove();
  }
}
