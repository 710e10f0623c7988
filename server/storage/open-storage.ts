import type { StorageConfig } from '../config.js';
import { StartupError } from '../startup-error.js';
import { LocalStorage } from './local-storage.js';
import { parseEncryption } from './s3-options.js';
import type { S3Options } from './s3-options.js';
import { verifyS3 } from './s3-startup.js';
import { S3Storage } from './s3-storage.js';
import type { Storage } from './storage.js';

type S3Config = Extract<StorageConfig, { kind: 's3' }>;

/** The store that the configuration names, tried once. @throws StartupError that names what is wrong */
export async function openStorage(config: StorageConfig): Promise<Storage> {
  return config.kind === 'local' ? await openLocal(config.root) : await openS3(config);
}

async function openLocal(root: string): Promise<Storage> {
  try {
    const storage = await LocalStorage.open(root);
    await storage.check();
    return storage;
  } catch (error) {
    throw new StartupError(`Storage: ${root} cannot be used: ${messageOf(error)}`, { cause: error });
  }
}

async function openS3(config: S3Config): Promise<Storage> {
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

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
