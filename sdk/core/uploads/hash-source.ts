import { sleep } from '../deadline.js';
import type { Timers } from '../deadline.js';
import { Sha256 } from './sha256.js';
import type { UploadSource } from './upload-ports.js';

const STEP_BYTES = 1024 * 1024;

/** SHA-256 of a whole file in hex, never more than 1 MiB of it in memory, nor of the thread's time without a break. */
export async function hashOf(source: UploadSource, timers: Timers): Promise<string> {
  if (source.sha256) return source.sha256();
  const hash = new Sha256();
  for (let at = 0; at < source.byteSize; at += STEP_BYTES) {
    // A phone's reads are synchronous: only a timer lets touches and frames through.
    if (at > 0) await sleep(timers, 0, 'Upload');
    hash.update(await source.bytes(at, Math.min(STEP_BYTES, source.byteSize - at)));
  }
  return hash.hex();
}
