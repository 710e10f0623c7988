import { EarshotClient } from '../../../sdk/core/index.js';
import { webStore, webUploads } from '../../../sdk/web/index.js';

const client = new EarshotClient({ url: 'http://localhost:1/graphql', retry: { retries: 0 } });
const { files, service, start, upload } = webUploads({ client });
await start();

const blob = (text: string) => new Blob([text], { type: 'audio/wav' });

Object.assign(globalThis, {
  filesPage: {
    /** Three files: one with a job, one that another part of the app remembers, and one that was lost. */
    async fill(callLogId: string) {
      await service.pauseAll();
      const { file } = await upload({ callLogId, blob: blob('of a job') });
      const remembered = await files.keep(blob('remembered'));
      await webStore().set('calls.1', JSON.stringify({ file: remembered }));
      return { job: file.uri, remembered: remembered.uri, lost: (await files.keep(blob('lost'))).uri };
    },
    isThere: async (uri: string) => (await files.open({ uri })) !== undefined,
    /** The job and its entry go, the file was to stay. */
    async forget() {
      for (const { id } of service.getSnapshot().jobs) await service.cancel(id);
      for (const { id } of service.getSnapshot().jobs) await service.forget(id);
      return service.getSnapshot().jobs.length;
    },
  },
});
