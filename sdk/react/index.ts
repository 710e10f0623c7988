/** React for the web: hooks, and components that need no style sheet. What is not named here is not public. */
export * from './hooks/index.js';
export * from './words/index.js';
export { RecordingList } from './components/recording-list.js';
export type { RecordingListProps } from './components/recording-list.js';
export { RecordingPlayer } from './components/recording-player.js';
export type { RecordingPlayerProps } from './components/recording-player.js';
