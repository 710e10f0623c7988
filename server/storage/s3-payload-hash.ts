import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { UploadPartCommand } from '@aws-sdk/client-s3';

const PLACE = { step: 'build', name: 'payloadHash', override: true } as const;

/**
 * Signs the request with a SHA-256 that is known already: the SDK would hash the whole part at once, on the main thread.
 * The store refuses bytes that do not have it.
 */
export function withPayloadHash(command: PutObjectCommand | UploadPartCommand, sha256: string): void {
  if (command instanceof PutObjectCommand) command.middlewareStack.add(hashed(sha256), PLACE);
  else command.middlewareStack.add(hashed(sha256), PLACE);
}

const hashed =
  (sha256: string) =>
  <Args extends { request: unknown }, Result>(next: (args: Args) => Result) =>
  (args: Args): Result => {
    (args.request as { headers: Record<string, string> }).headers['x-amz-content-sha256'] = sha256;
    return next(args);
  };
