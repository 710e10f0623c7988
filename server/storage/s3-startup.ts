import { HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { StartupError } from '../startup-error.js';
import type { S3Bucket } from './s3-bucket.js';
import { isMissingObject, s3Reason } from './s3-errors.js';
import { probeKey, probeStore } from './s3-probe.js';

/** S3 itself refuses at 15 minutes, but links would already lose as much of their life as the clock is off. */
export const MAX_SKEW_MS = 5 * 60_000;

/** Tries the bucket before anything relies on it. @throws StartupError that names what is wrong */
export async function verifyS3(bucket: S3Bucket): Promise<void> {
  const where = `S3 bucket ${bucket.name}${bucket.options.endpoint === undefined ? '' : ` at ${originOf(bucket.options.endpoint)}`}`;
  // An answer to a list has a body that says what is wrong; one to HEAD has none.
  await named(
    `${where} cannot be listed`,
    bucket.calls.send(new ListObjectsV2Command({ Bucket: bucket.name, MaxKeys: 1 })),
  );
  assertClock(bucket, where);
  try {
    await bucket.calls.send(new HeadObjectCommand({ Bucket: bucket.name, Key: probeKey() }));
  } catch (error) {
    // Without s3:ListBucket a missing object is answered 403, and reads as a fault of the store.
    if (!isMissingObject(error)) throw fault(`${where} does not say which objects are missing`, error);
  }
  try {
    await probeStore(bucket);
  } catch (error) {
    throw new StartupError(
      `Storage: a small write, read and delete fails: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** The SDK compares each answer's Date with this clock, and corrects its own signatures, but not our links. */
function assertClock({ calls }: S3Bucket, where: string): void {
  const offset = calls.config.systemClockOffset;
  if (Math.abs(offset) <= MAX_SKEW_MS) return;
  const minutes = Math.round(Math.abs(offset) / 60_000);
  throw new StartupError(
    `Storage: the clock of this machine is ${minutes} minutes ${offset > 0 ? 'behind' : 'ahead of'} ${where}; links would not work`,
  );
}

async function named<T>(what: string, request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    throw fault(what, error);
  }
}

const fault = (what: string, error: unknown): StartupError =>
  new StartupError(`Storage: ${what}: ${s3Reason(error)}`, { cause: error });

/** Without the user information that a URL may hold. */
const originOf = (endpoint: string): string =>
  URL.canParse(endpoint) ? new URL(endpoint).origin : 'the endpoint given';
