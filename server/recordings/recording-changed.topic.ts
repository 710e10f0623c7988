import { defineTopic } from '../pubsub/topic.js';

export interface RecordingChanged {
  id: string;
  callLogId: string | null;
  catiCallId: string | null;
}

/** Published by triggers of the database (see the migration `recording-changed`), so that no path can forget it. */
export const recordingChanged = defineTopic<RecordingChanged>('recording_changed');
