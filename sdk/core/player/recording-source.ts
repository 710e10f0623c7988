import type { EarshotClient } from '../client.js';
import { NotFoundError } from '../errors.js';
import type { AbortSignalLike } from '../platform.js';
import { currentRecording } from '../subscriptions/watch-recording.js';
import type { RecordingUploadService } from '../uploads/recording-upload-service.js';
import { isSameTarget } from '../uploads/upload-job.js';
import type { UploadState } from '../uploads/upload-job.js';
import type { LocalFiles } from '../uploads/upload-ports.js';
import { noRecordingReason } from './no-recording.js';
import type { NoRecordingReason } from './no-recording.js';
import type { PlayerTrack } from './player-state.js';

export type PlayableSource =
  | {
      readonly kind: 'remote';
      readonly url: string;
      /** Milliseconds since 1970. */
      readonly expiresAt: number;
      /** Seconds, as the server measured. */
      readonly duration: number | undefined;
    }
  | { readonly kind: 'local'; readonly url: string; release(): void }
  | { readonly kind: 'none'; readonly reason: NoRecordingReason };

/** Finds what a track plays from. Asked again for a fresh link. */
export type RecordingSource = (track: PlayerTrack, signal: AbortSignalLike) => Promise<PlayableSource>;

export interface RecordingSourceOptions {
  readonly client: Pick<EarshotClient, 'recording' | 'request'>;
  /** With both of these, a recording that is not uploaded yet plays from this device. */
  readonly uploads?: Pick<RecordingUploadService, 'getSnapshot'> | undefined;
  readonly files?: Pick<LocalFiles, 'playable'> | undefined;
}

/** As long as the server signs: a long call then plays to its end on one link. */
const LINK_SECONDS = 3600;

const isHere = ({ phase }: UploadState): boolean => phase !== 'uploaded' && phase !== 'cancelled';

/** The server's recordings, and those of this device that are not there yet. */
export function recordingSource({ client, uploads, files }: RecordingSourceOptions): RecordingSource {
  async function local(track: PlayerTrack): Promise<PlayableSource | undefined> {
    if (track.id !== undefined) return undefined;
    const jobs = uploads?.getSnapshot().jobs;
    const job = jobs?.find(({ target, state }) => isSameTarget(target, track) && isHere(state));
    const playable = job && (await files?.playable(job.file));
    return playable && { kind: 'local', ...playable };
  }

  async function remote(track: PlayerTrack, signal: AbortSignalLike): Promise<PlayableSource> {
    const { title: _title, ...target } = track;
    const id = target.id ?? (await currentRecording(client, target, { signal }))?.id;
    if (id === undefined) return { kind: 'none', reason: 'NONE' };
    const link = { expiresInSeconds: LINK_SECONDS };
    const recording = await client.recording(id, { link, signal });
    // Also one that is not copied yet may be heard: the server has it from its provider.
    if (!recording.url) return { kind: 'none', reason: noRecordingReason(recording) ?? 'PENDING' };
    const { url, expiresAt } = recording.url;
    const duration = recording.durationMs === null ? undefined : recording.durationMs / 1000;
    return { kind: 'remote', url, expiresAt: Date.parse(expiresAt), duration };
  }

  return async (track, signal) => {
    try {
      return (await local(track)) ?? (await remote(track, signal));
    } catch (error) {
      if (error instanceof NotFoundError) return { kind: 'none', reason: 'NOT_FOUND' };
      throw error;
    }
  };
}
