import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import type { S3Bucket } from './s3-bucket.js';
import { StorageUnavailable } from './storage.js';

/** Whoever starts a server, or checks a bucket, does not wait for retries of retries. */
const PROBE_MS = 10_000;

/** Begins with a dot, so no listing shows it. */
const PROBE_PREFIX = '.earshot-check/';

export const probeKey = (): string => `${PROBE_PREFIX}${randomUUID()}`;

/** A small write, read and delete. @throws StorageUnavailable */
export async function probeStore(bucket: S3Bucket): Promise<void> {
  const address = { Bucket: bucket.name, Key: probeKey() };
  const within = { abortSignal: AbortSignal.timeout(PROBE_MS) };
  const step = async <T>(operation: string, request: () => Promise<T>): Promise<T> => {
    try {
      return await request();
    } catch (error) {
      if (!within.abortSignal.aborted) throw bucket.fault(error, operation);
      throw new StorageUnavailable(
        `S3 bucket ${bucket.name}, ${operation}: no answer within ${PROBE_MS / 1000} s`,
        {
          cause: error,
        },
      );
    }
  };
  await step('PutObject', () =>
    bucket.calls.send(new PutObjectCommand({ ...address, Body: 'earshot', ...bucket.writing }), within),
  );
  try {
    const read = await step('GetObject', async () => {
      const { Body } = await bucket.calls.send(new GetObjectCommand(address), within);
      return Body instanceof Readable ? await buffer(Body) : undefined;
    });
    if (read?.toString() !== 'earshot')
      throw new StorageUnavailable(`S3 bucket ${bucket.name} gives other bytes than it was given`);
  } catch (error) {
    await bucket.calls.send(new DeleteObjectCommand(address)).catch(() => undefined);
    throw error;
  }
  await step('DeleteObject', () => bucket.calls.send(new DeleteObjectCommand(address), within));
}
