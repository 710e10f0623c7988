import { onForeground } from '../adapters/app-state.js';
import type { AppStateLike } from '../adapters/app-state.js';
import type { PermissionAnswer, PermissionPort } from './microphone-permission.js';

/** `PermissionResponse` of expo-modules-core. */
export interface PermissionResponseLike {
  readonly granted: boolean;
  readonly canAskAgain: boolean;
  readonly status: string;
}

/** What a React Native app has at hand. */
export interface NativePermissionModules {
  /** `getRecordingPermissionsAsync` and `requestRecordingPermissionsAsync` of expo-audio. */
  readonly audio: {
    getRecordingPermissionsAsync(): Promise<PermissionResponseLike>;
    requestRecordingPermissionsAsync(): Promise<PermissionResponseLike>;
  };
  readonly Linking: { openSettings(): Promise<void> };
  readonly AppState: AppStateLike;
}

/** `nativePermission({ audio: ExpoAudio, Linking, AppState })`. */
export function nativePermission({ audio, Linking, AppState }: NativePermissionModules): PermissionPort {
  return {
    check: async () => answerOf(await audio.getRecordingPermissionsAsync()),
    request: async () => answerOf(await audio.requestRecordingPermissionsAsync()),
    openSettings: () => Linking.openSettings(),
    onActive: (listener) => onForeground(AppState, listener),
  };
}

function answerOf({ granted, canAskAgain, status }: PermissionResponseLike): PermissionAnswer {
  if (granted) return 'granted';
  if (status === 'undetermined') return 'undetermined';
  return canAskAgain ? 'denied' : 'blocked';
}
