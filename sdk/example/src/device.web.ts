import type { EarshotClient } from '@earshot/sdk';
import { webNetwork, webStore, webUploads } from '@earshot/sdk/web';
import type { Device } from './device';

export function openDevice(client: EarshotClient, namespace: string): Device {
  const web = webUploads({ client, namespace });
  return {
    uploads: web.service,
    ports: { store: webStore(), files: web.files, network: webNetwork() },
    start: (calls) => web.start(calls),
    async keep(uri) {
      const blob = await (await fetch(uri)).blob();
      URL.revokeObjectURL(uri);
      return web.files.keep(blob, 'note.webm');
    },
  };
}
