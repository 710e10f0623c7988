/** What phones bring to the SDK. What is not named here is not public. */
export { asyncStore } from './adapters/async-store.js';
export type { AsyncStorageLike } from './adapters/async-store.js';
export type { AppStateLike } from './adapters/app-state.js';
export { expoAudioEngine } from './adapters/expo-audio-engine.js';
export type { ExpoAudioPlayerLike, ExpoAudioStatusLike } from './adapters/expo-audio-engine.js';
export { expoFiles } from './adapters/expo-files.js';
export type { ExpoFileHandleLike, ExpoFileLike, ExpoFileSystemLike } from './adapters/expo-files.js';
export { netInfoNetwork } from './adapters/net-info-network.js';
export type { NetInfoLike, NetInfoStateLike } from './adapters/net-info-network.js';
export { nativeUploads } from './adapters/native-uploads.js';
export type { NativeModules, NativeUploads, NativeUploadsOptions } from './adapters/native-uploads.js';

export * from '../react/hooks/index.js';
export * from '../react/words/index.js';

export { MicrophonePermission } from './permissions/microphone-permission.js';
export type {
  PermissionAnswer,
  PermissionPhase,
  PermissionPort,
} from './permissions/microphone-permission.js';
export { nativePermission } from './permissions/native-permission.js';
export type { NativePermissionModules, PermissionResponseLike } from './permissions/native-permission.js';
export { PermissionGate } from './components/permission-gate.js';
export type { PermissionGateProps } from './components/permission-gate.js';

export { RecordingList } from './components/recording-list.js';
export type { RecordingListProps } from './components/recording-list.js';
export { RecordingPlayerBar } from './components/recording-player-bar.js';
export type { RecordingPlayerBarProps } from './components/recording-player-bar.js';
export { SeekBar } from './components/seek-bar.js';
export type { SeekBarProps } from './components/seek-bar.js';
export { PlayButton } from './components/play-button.js';
export type { PlayButtonProps } from './components/play-button.js';
export { UploadQueueScreen } from './components/upload-queue-screen.js';
export type { UploadQueueScreenProps } from './components/upload-queue-screen.js';
export { CatiCallList } from './components/cati-call-list.js';
export type { CatiCallListProps } from './components/cati-call-list.js';
export { CatiCallDetail } from './components/cati-call-detail.js';
export type { CatiCallDetailProps } from './components/cati-call-detail.js';
export { ReviewForm } from './components/review-form.js';
export type { ReviewFormProps } from './components/review-form.js';
export { PagedList } from './components/paged-list.js';
export type { PagedListProps } from './components/paged-list.js';
export { Button } from './components/button.js';
export type { ButtonProps } from './components/button.js';
export { DARK, LIGHT, ThemeProvider, useTheme } from './components/theme.js';
export type { Theme } from './components/theme.js';
