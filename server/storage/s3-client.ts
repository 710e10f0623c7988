import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { DEFAULT_LIMITS } from './s3-options.js';
import type { S3Limits, S3Options } from './s3-options.js';

/** Listeners through the proxy hold a socket each; the SDK's 50 would make the next one wait for the first to end. */
const READ_SOCKETS = 2_000;
const CALL_SOCKETS = 200;

export interface S3Clients {
  /** For everything with a short answer: silence in either direction ends it. */
  calls: S3Client;
  /**
   * For bytes that somebody reads: a paused listener is silent for as long as he likes, so only the first byte has a
   * deadline here; `s3-read.ts` watches the rest.
   */
  reads: S3Client;
}

export function createS3Clients(options: S3Options): S3Clients {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const config = clientConfig(options, limits);
  const calls = new S3Client({
    ...config,
    requestHandler: handler(CALL_SOCKETS, { ...connect(limits), socketTimeout: limits.idleMs }),
  });
  const reads = new S3Client({
    ...config,
    credentials: calls.config.credentials,
    requestHandler: handler(READ_SOCKETS, {
      ...connect(limits),
      socketTimeout: 0,
      requestTimeout: limits.idleMs,
      throwOnRequestTimeout: true,
    }),
  });
  return { calls, reads };
}

function clientConfig(options: S3Options, limits: S3Limits): S3ClientConfig {
  const region = options.region ?? (options.endpoint === undefined ? undefined : 'us-east-1');
  return {
    ...(options.endpoint !== undefined && { endpoint: options.endpoint }),
    ...(region !== undefined && { region }),
    ...(options.credentials && { credentials: options.credentials }),
    forcePathStyle: options.forcePathStyle ?? false,
    maxAttempts: limits.attempts,
    retryMode: 'standard',
    // Other S3 servers refuse or ignore the trailing CRC32 that is the default; Content-MD5 they all check.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // It would cost a new connection for every part.
    expectContinueHeader: false,
  };
}

const connect = (limits: S3Limits) => ({ connectionTimeout: limits.connectMs });

function handler(maxSockets: number, timeouts: object): NonNullable<S3ClientConfig['requestHandler']> {
  const agent = { keepAlive: true, maxSockets };
  return { ...timeouts, httpAgent: agent, httpsAgent: agent };
}

/** Where the bucket's objects are: `origin` + `path` + an encoded key. */
export interface BucketAddress {
  origin: string;
  /** The Host header. */
  host: string;
  /** Begins and ends with a slash. */
  path: string;
}

/** Asks the SDK where it would send a request, by taking one out of its hands before it is signed. */
export async function locateBucket(client: S3Client, bucket: string): Promise<BucketAddress> {
  let address: BucketAddress | undefined;
  const command = new HeadObjectCommand({ Bucket: bucket, Key: 'k' });
  command.middlewareStack.add(
    () => (args) => {
      const { protocol, hostname, port, path } = args.request as RequestAddress;
      const host = port === undefined ? hostname : `${hostname}:${port}`;
      address = { origin: `${protocol}//${host}`, host, path: path.slice(0, -1) };
      return Promise.resolve({ response: {}, output: { $metadata: {} } });
    },
    { step: 'build', priority: 'low' },
  );
  await client.send(command);
  if (!address) throw new Error('the SDK made no request');
  return address;
}

interface RequestAddress {
  protocol: string;
  hostname: string;
  port?: number;
  path: string;
}
