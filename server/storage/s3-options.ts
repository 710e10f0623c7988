import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { StartupError } from '../startup-error.js';

/** Server-side encryption, as the headers of S3 say it. */
export type S3Encryption =
  | { readonly ServerSideEncryption: 'AES256' }
  | { readonly ServerSideEncryption: 'aws:kms' | 'aws:kms:dsse'; readonly SSEKMSKeyId?: string };

export interface S3Options {
  readonly bucket: string;
  /** Of another S3 server than Amazon's. */
  readonly endpoint?: string | undefined;
  /** Undefined: the SDK's own chain (AWS_REGION, profile), or us-east-1 with an endpoint. */
  readonly region?: string | undefined;
  /** `endpoint/bucket/key` in place of `bucket.endpoint/key`. */
  readonly forcePathStyle?: boolean | undefined;
  readonly encryption?: S3Encryption | undefined;
  /** Such as STANDARD_IA. */
  readonly storageClass?: string | undefined;
  /** Undefined: the SDK's default chain (environment, profile, web identity, container, instance). */
  readonly credentials?: S3ClientConfig['credentials'];
  readonly limits?: Partial<S3Limits> | undefined;
}

/** Bounds that tests lower. */
export interface S3Limits {
  /** A larger object is copied in parts of this size. */
  readonly copyPartBytes: number;
  /** Milliseconds until a connection must stand, and without any byte before a call counts as dead. */
  readonly connectMs: number;
  readonly idleMs: number;
  readonly attempts: number;
}

const GIB = 1024 ** 3;

export const DEFAULT_LIMITS: S3Limits = {
  // S3 takes 5 GiB, but is silent while it copies; a gibibyte is done well before `idleMs` anywhere.
  copyPartBytes: GIB,
  // Two lost SYN packets are repeated after 1 s and 3 s; what has not answered then is not there.
  connectMs: 5_000,
  // S3 says to expect answers within seconds; a server that copies a gibibyte inside may take half a minute.
  idleMs: 60_000,
  // Resets and 503 are over within a second; the SDK waits 0.1 to 0.8 s between tries. Jobs try again later anyway.
  attempts: 4,
};

/** `AES256`, `aws:kms`, `aws:kms:dsse`, the latter two with `:<key id or ARN>` where it is not the account's own key. */
export function parseEncryption(text: string): S3Encryption {
  if (text === 'AES256') return { ServerSideEncryption: 'AES256' };
  const match = /^(aws:kms(?::dsse)?)(?::(\S+))?$/.exec(text);
  const [, algorithm, keyId] = match ?? [];
  if (algorithm !== 'aws:kms' && algorithm !== 'aws:kms:dsse') {
    throw new StartupError(
      'S3_SSE must be AES256, aws:kms, aws:kms:dsse, or one of the latter with :<key id>',
    );
  }
  return { ServerSideEncryption: algorithm, ...(keyId !== undefined && { SSEKMSKeyId: keyId }) };
}
