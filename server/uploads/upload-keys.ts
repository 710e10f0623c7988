import { UPLOADS_PREFIX } from '../storage/key-prefixes.js';

/** Everything of one upload that waits to be put together. */
export function uploadPrefix(uploadId: string): string {
  return `${UPLOADS_PREFIX}${uploadId.slice(-2)}/${uploadId}/`;
}

/** Where a client puts a file itself. Each upload by parts has a key of its own: what lies there, it has made. */
export function directKey(uploadId: string, transferId: string): string {
  return `${uploadPrefix(uploadId)}direct-${transferId}`;
}

/** A writer's own key: two writers of one chunk never meet. */
export function chunkKey(uploadId: string, offset: number, writerId: string): string {
  return `${uploadPrefix(uploadId)}${offset}-${writerId}`;
}
