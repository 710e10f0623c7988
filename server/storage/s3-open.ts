import type { StorageConfig } from '../config.js';
import { parseEncryption, type S3Options } from './s3-options.js';
import { verifyS3 } from './s3-startup.js';
import { S3Storage } from './s3-storage.js';

export type S3Config = Extract<StorageConfig, { kind: 's3' }>;

/** The bucket that the configuration names, tried once. @throws StartupError that names what is wrong */
export async function openS3(config: S3Config): Promise<S3Storage> {
  const storage = new S3Storage(s3Options(config));
  try {
    await verifyS3(storage.bucket);
    return storage;
  } catch (error) {
    await storage[Symbol.asyncDispose]();
    throw error;
  }
}

export function s3Options(config: S3Config): S3Options {
  const { kind: _, sse, ...rest } = config;
  return { ...rest, encryption: sse === undefined ? undefined : parseEncryption(sse) };
}
