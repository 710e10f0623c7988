import AsyncStorage from '@react-native-async-storage/async-storage';
import NetInfo from '@react-native-community/netinfo';
import type { EarshotClient } from '@earshot/sdk';
import type {
  CallRecordingManager,
  LocalFile,
  RecordingUploadOptions,
  RecordingUploadService,
} from '@earshot/sdk/uploads';
import { nativeUploads } from '@earshot/sdk/react-native';
import * as fileSystem from 'expo-file-system';
import { AppState } from 'react-native';

/** What differs between a phone and a browser: where recordings lie, and how they leave. */
export interface Device {
  readonly uploads: RecordingUploadService;
  readonly ports: Pick<RecordingUploadOptions, 'store' | 'files' | 'network'>;
  /** `calls` go on when the app comes to the foreground, too. */
  start(calls: CallRecordingManager): Promise<unknown>;
  /** The recorder's file, as one that can be found again after a restart. */
  keep(uri: string): Promise<LocalFile>;
}

/** `namespace` keeps the work of two people on one device apart. */
export function openDevice(client: EarshotClient, namespace: string): Device {
  const modules = { asyncStorage: AsyncStorage, netInfo: NetInfo, fileSystem, appState: AppState };
  const native = nativeUploads({ client, modules, namespace });
  return {
    uploads: native.service,
    ports: native.options,
    start: (calls) => native.start(calls),
    keep(uri) {
      // The recorder writes to the cache, which the system may empty.
      const recorded = new fileSystem.File(uri);
      const path = `${client.platform.uniqueId()}.m4a`;
      recorded.move(new fileSystem.File(fileSystem.Paths.document, path));
      return Promise.resolve({ uri: path, name: 'note.m4a', contentType: 'audio/mp4' });
    },
  };
}
