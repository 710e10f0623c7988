import type { CallRecordingManager } from '../../core/calls/call-recording-manager.js';
import type { EarshotClient } from '../../core/client.js';
import { RecordingUploadService } from '../../core/uploads/recording-upload-service.js';
import type { RecordingUploadOptions } from '../../core/uploads/recording-upload-service.js';
import { xhrSender } from '../../core/uploads/xhr-sender.js';
import type { XhrConstructor } from '../../core/uploads/xhr-sender.js';
import { onForeground } from './app-state.js';
import type { AppStateLike } from './app-state.js';
import { asyncStore } from './async-store.js';
import type { AsyncStorageLike } from './async-store.js';
import { expoFiles } from './expo-files.js';
import type { ExpoFileSystemLike } from './expo-files.js';
import { netInfoNetwork } from './net-info-network.js';
import type { NetInfoLike } from './net-info-network.js';

/** The modules that an app has installed: give them as they are imported. */
export interface NativeModules {
  readonly asyncStorage: AsyncStorageLike;
  readonly netInfo: NetInfoLike;
  readonly fileSystem: ExpoFileSystemLike;
  readonly appState: AppStateLike;
}

export interface NativeUploadsOptions extends Partial<Omit<RecordingUploadOptions, 'client'>> {
  readonly client: EarshotClient;
  readonly modules: NativeModules;
}

export interface NativeUploads {
  readonly service: RecordingUploadService;
  readonly options: Pick<RecordingUploadOptions, 'files' | 'network' | 'store'>;
  /**
   * Starts, and wakes whenever the app comes to the foreground, `calls` too; the result stops both. The calls are
   * started and stopped by their owner.
   */
  start(calls?: Pick<CallRecordingManager, 'wake'>): Promise<() => Promise<void>>;
}

const globalXhr = (): XhrConstructor =>
  (globalThis as unknown as { readonly XMLHttpRequest: XhrConstructor }).XMLHttpRequest;

/** The upload service over a phone's storage, files and requests, one upload at a time; each port may be replaced. */
export function nativeUploads({ client, modules, ...options }: NativeUploadsOptions): NativeUploads {
  const { asyncStorage, netInfo, fileSystem, appState } = modules;
  const { platform } = client;
  const ports = {
    store: asyncStore(asyncStorage),
    files: expoFiles(fileSystem, () => platform.uniqueId()),
    sender: options.sender ?? xhrSender(globalXhr(), platform),
    network: netInfoNetwork(netInfo),
    concurrency: 1,
    ...options,
  };
  const service = new RecordingUploadService({ client, ...ports });
  return {
    service,
    options: ports,
    async start(calls) {
      const unsubscribe = onForeground(appState, () => {
        void service.wake().catch(() => undefined);
        calls?.wake();
      });
      await service.start();
      return () => {
        unsubscribe();
        return service.stop();
      };
    },
  };
}
