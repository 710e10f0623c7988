import type { Readable } from 'node:stream';
import { accessOf } from '../auth/policy.js';
import type { Viewer } from '../auth/viewer.js';
import { errors } from '../errors.js';
import { ObjectMissing, type ByteRange, type Storage } from '../storage/storage.js';
import type { Link, LinkOptions, PlaybackLinks } from './playback-links.js';
import type { RecordingType } from './recording.type.js';
import { parseStoredPath } from './stored-path.js';

/** What a viewer may know and hear of recordings. */
export class RecordingService {
  constructor(
    private readonly viewer: () => Viewer,
    private readonly links: PlaybackLinks,
    private readonly storage: Storage,
    /** Whether a provider of this name is connected, so that it can be played from there. */
    private readonly connected: (provider: string | null) => boolean,
  ) {}

  url(recording: RecordingType, options: LinkOptions): Link | Promise<Link> | null {
    if (isPlayable(recording)) return this.links.toStored(recording, this.viewer().id, options);
    return this.mayBeAtSource(recording) ? this.links.link(recording, this.viewer().id, options) : null;
  }

  /** It is not stored, and not known to be gone. */
  mayBeAtSource({ status, sourceProvider }: RecordingType): boolean {
    return status !== 'UPLOADED' && status !== 'DELETED' && this.connected(sourceProvider);
  }

  path(recording: RecordingType): string | null {
    return accessOf(this.viewer(), 'recordings.path') === 'all' ? recording.recordingPath : null;
  }

  /** The stored bytes, or NOT_FOUND when there are none. */
  open(path: string, range: ByteRange | undefined, signal: AbortSignal): Promise<Readable> {
    const { key } = parseStoredPath(path);
    return this.storage.get(key, range ? { range, signal } : { signal }).catch((error: unknown) => {
      if (error instanceof ObjectMissing) throw errors.notFound('recording');
      throw errors.unavailable('The recording cannot be read at the moment. Try again.', { cause: error });
    });
  }
}

function isPlayable(recording: RecordingType): boolean {
  return recording.status === 'UPLOADED' && recording.recordingPath !== null;
}
