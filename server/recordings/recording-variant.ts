import type { RecordingStatus } from './recording.entity.js';
import { extensionOf, fileNameOf } from './stored-path.js';

export const VARIANTS = ['PLAYBACK', 'ORIGINAL'] as const;
export type Variant = (typeof VARIANTS)[number];

/** What is known of a recording's bytes. */
export interface Playable {
  readonly id: string;
  readonly status: RecordingStatus;
  readonly recordingPath: string | null;
  readonly contentType: string | null;
  readonly byteSize: number | null;
  readonly sha256: string | null;
  readonly playbackPath: string | null;
  readonly playbackByteSize: number | null;
}

/** The bytes that a variant is, as they are delivered. Without a path there are none here. */
export interface VariantObject {
  readonly path: string | null;
  /** The end of its links: players judge by it (Safari does). */
  readonly name: string;
  readonly contentType: string | null;
  readonly byteSize: number | null;
  readonly etag: string | null;
}

/** What copies are, whatever the original is: see media.service.ts. */
export const COPY_TYPE = 'audio/mp4';
export const COPY_EXTENSION = 'm4a';

/** PLAYBACK is the copy that plays everywhere where one was made, else the original. */
export function variantOf(recording: Playable, variant: Variant): VariantObject {
  const { id, status, recordingPath, playbackPath, sha256 } = recording;
  if (status !== 'UPLOADED' || recordingPath === null) return { ...NOTHING, name: `${id}.mp3` };
  if (variant === 'PLAYBACK' && playbackPath) {
    return {
      path: playbackPath,
      name: copyName(id),
      contentType: COPY_TYPE,
      byteSize: recording.playbackByteSize,
      etag: `"${fileNameOf(playbackPath)}"`,
    };
  }
  return {
    path: recordingPath,
    name: `${id}.${extensionOf(recordingPath)}`,
    contentType: recording.contentType,
    byteSize: recording.byteSize,
    etag: sha256 === null ? null : `"${sha256}"`,
  };
}

/**
 * Which bytes the name in a link stands for: a link that was given out before the copy was made goes on answering the
 * original's, so that what is behind it never changes.
 */
export function variantNamed(id: string, name: string): Variant {
  return name === copyName(id) ? 'PLAYBACK' : 'ORIGINAL';
}

const NOTHING = { path: null, contentType: null, byteSize: null, etag: null };

function copyName(id: string): string {
  return `${id}-playback.${COPY_EXTENSION}`;
}
