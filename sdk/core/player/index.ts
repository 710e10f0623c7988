/** Playing recordings, on any platform. What is not named here is not public. */
export { RecordingPlayer } from './recording-player.js';
export type { RecordingPlayerOptions } from './recording-player.js';
export { recordingSource } from './recording-source.js';
export type { PlayableSource, RecordingSource, RecordingSourceOptions } from './recording-source.js';
export { NO_RECORDING_MESSAGES, noRecordingReason } from './no-recording.js';
export type { NoRecordingReason } from './no-recording.js';
export { trackKey } from './player-state.js';
export type { Playhead, PlayerSnapshot, PlayerState, PlayerTrack } from './player-state.js';
export type { AudioEngine, AudioEvent, AudioSource } from './audio-engine.js';
