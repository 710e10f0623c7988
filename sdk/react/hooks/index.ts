/** Hooks without a word of the DOM: for the web and for React Native. */
export { EarshotProvider, useEarshot } from './earshot-context.js';
export type { EarshotProviderProps, EarshotServices } from './earshot-context.js';
export { useCallLog, useCallLogs, useCatiCall, useCatiCalls, useLead, useLeads } from './use-calls.js';
export { useMigrationProgress, useRecording } from './use-watches.js';
export {
  useRecordingPlayer,
  useSnapshot,
  useTrackedCalls,
  useUploadOf,
  useUploadQueue,
} from './use-snapshots.js';
export { useReview } from './use-review.js';
export type { Review, ReviewChoices, ReviewDecisionInput, ReviewOfCall, ReviewState } from './use-review.js';
export { useLoaded } from './use-loaded.js';
export type { Loaded } from './use-loaded.js';
export { usePages } from './use-pages.js';
export type { Pages } from './use-pages.js';
export { useWatched } from './use-watched.js';
export type { Watched } from './use-watched.js';
