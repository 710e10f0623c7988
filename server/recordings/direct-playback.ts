import { contentDisposition } from '../http/content-disposition.js';
import type { DirectTransfer } from '../storage/direct-transfer.js';
import type { ListeningNotes } from './listening.js';

/** A stored object as a listener shall get it. */
export interface DeliveredObject {
  recordingId: string;
  key: string;
  contentType: string | null;
  /** What it is called when it is saved. */
  name: string;
  disposition: 'inline' | 'attachment';
}

/**
 * Links to the store itself, good for a window and the time asked for. Whoever listens by one is unknown here, so that
 * it was given out is what is noted.
 */
export class DirectPlayback {
  constructor(
    private readonly direct: DirectTransfer,
    private readonly listening: ListeningNotes,
  ) {}

  async link(
    { recordingId, key, contentType, name, disposition }: DeliveredObject,
    viewerId: string,
    expiresInSeconds: number,
  ): Promise<{ url: string; expiresAt: Date }> {
    const { url, expiresAt } = await this.direct.signGet(key, {
      contentType: contentType ?? undefined,
      contentDisposition: contentDisposition(disposition, name),
      expiresInSeconds,
    });
    this.listening.note({ kind: 'RECORDING_LINK_ISSUED', viewerId, recordingId });
    return { url, expiresAt };
  }
}
