import { randomUUID } from 'node:crypto';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import type { S3Options } from '../../server/storage/s3-options.js';

/** A real S3 server to test against, from S3_TEST_ENDPOINT, S3_TEST_ACCESS_KEY and S3_TEST_SECRET_KEY. */
export interface TestS3 {
  endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

export function testS3(env = process.env): TestS3 | undefined {
  const { S3_TEST_ENDPOINT, S3_TEST_ACCESS_KEY = '', S3_TEST_SECRET_KEY = '' } = env;
  if (!S3_TEST_ENDPOINT) return undefined;
  return {
    endpoint: S3_TEST_ENDPOINT,
    credentials: { accessKeyId: S3_TEST_ACCESS_KEY, secretAccessKey: S3_TEST_SECRET_KEY },
  };
}

/** A bucket of its own, looked at past the code under test. */
export class TestBucket {
  readonly name = `earshot-test-${randomUUID()}`;
  readonly client: S3Client;

  constructor(readonly s3: TestS3) {
    this.client = new S3Client({ ...s3, region: 'us-east-1', forcePathStyle: true });
  }

  static async create(s3: TestS3): Promise<TestBucket> {
    const bucket = new TestBucket(s3);
    await bucket.client.send(new CreateBucketCommand({ Bucket: bucket.name }));
    return bucket;
  }

  options(overrides: Partial<S3Options> = {}): S3Options {
    return { ...this.s3, bucket: this.name, region: 'us-east-1', forcePathStyle: true, ...overrides };
  }

  async keys(): Promise<string[]> {
    const { Contents = [] } = await this.client.send(new ListObjectsV2Command({ Bucket: this.name }));
    return Contents.map(({ Key = '' }) => Key);
  }

  async read(key: string): Promise<Buffer> {
    const { Body } = await this.client.send(new GetObjectCommand({ Bucket: this.name, Key: key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }

  /** Keys of multipart uploads that were neither completed nor aborted. */
  async unfinished(): Promise<string[]> {
    const { Uploads = [] } = await this.client.send(new ListMultipartUploadsCommand({ Bucket: this.name }));
    return Uploads.map(({ Key = '' }) => Key);
  }

  /** Everything that it holds: keys of objects and of unfinished uploads. */
  async left(): Promise<string[]> {
    return [...(await this.keys()), ...(await this.unfinished())];
  }

  async empty(): Promise<void> {
    for (let keys = await this.keys(); keys.length > 0; keys = await this.keys()) {
      await this.client.send(
        new DeleteObjectsCommand({ Bucket: this.name, Delete: { Objects: keys.map((Key) => ({ Key })) } }),
      );
    }
  }

  async remove(): Promise<void> {
    await this.empty();
    await this.client.send(new DeleteBucketCommand({ Bucket: this.name }));
    this.client.destroy();
  }
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
