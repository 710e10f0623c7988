import type { RecordingTarget } from '../subscriptions/watch-recording.js';
import type { NoRecordingReason } from './no-recording.js';

/** What to play: a recording, or the current recording of a call. */
export type PlayerTrack = RecordingTarget & {
  /** For the lock screen and for screen readers. */
  readonly title?: string | undefined;
};

/** Times are in seconds. */
export interface Playhead {
  readonly track: PlayerTrack;
  readonly position: number;
  /** Undefined until it is known. */
  readonly duration: number | undefined;
  /** The end of what has arrived. */
  readonly buffered: number;
  /** The file on this device, which may not be uploaded yet. */
  readonly isLocal: boolean;
}

/** Exactly one of these; `phase` tells which. */
export type PlayerState =
  | { readonly phase: 'idle' }
  | ({ readonly phase: 'loading' | 'playing' | 'paused' | 'buffering' | 'ended' } & Playhead)
  /** There is nothing to play, and `reason` says why; `NO_RECORDING_MESSAGES` has the words. */
  | { readonly phase: 'unavailable'; readonly track: PlayerTrack; readonly reason: NoRecordingReason }
  | {
      readonly phase: 'failed';
      readonly track: PlayerTrack;
      /** For a person. `play` tries again, at the same position. */
      readonly message: string;
      readonly position: number;
    };

export interface PlayerSnapshot {
  readonly state: PlayerState;
  /** 0.5 to 4. */
  readonly rate: number;
}

/** Names a track: two with the same key are the same recording. */
export const trackKey = ({ id, callLogId, catiCallId }: RecordingTarget): string =>
  id ?? (callLogId === undefined ? `cati:${catiCallId}` : `call:${callLogId}`);
