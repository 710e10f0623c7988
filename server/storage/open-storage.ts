import type { StorageConfig } from '../config.js';
import { StartupError } from '../startup-error.js';
import { LocalStorage } from './local-storage.js';
import type { Storage } from './storage.js';

/** The one switch between the stores. */
export async function openStorage(config: StorageConfig): Promise<Storage> {
  if (config.kind === 'local') return LocalStorage.open(config.root);
  throw new StartupError('STORAGE=s3 is not available yet: use local storage.');
}
