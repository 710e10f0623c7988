export { ENGLISH } from './english.js';
export { HINDI } from './hindi.js';
export { callDate, clockTime, daysUntil, fileSize } from './format.js';
export { recordingRow } from './recording-row.js';
export type { RecordingRow } from './recording-row.js';
export { uploadWords } from './upload-words.js';
export { useWords, WordsProvider } from './words-context.js';
export type { CatiWords, PermissionPassage, PermissionWords, QueueWords, Words } from './words.js';
