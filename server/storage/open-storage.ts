import type { StorageConfig } from '../config.js';
import { StartupError } from '../startup-error.js';
import { LocalStorage } from './local-storage.js';
import type { Storage } from './storage.js';

/** The store that the configuration names, tried once. @throws StartupError that names what is wrong */
export async function openStorage(config: StorageConfig): Promise<Storage> {
  if (config.kind === 'local') return openLocal(config.root);
  // Only where it is wanted: S3's SDK is a tenth of what the server loads, and stays in memory.
  const { openS3 } = await import('./s3-open.js');
  return openS3(config);
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

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
