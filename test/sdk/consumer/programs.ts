/** Uploads a recording for a call, and tells on the console what became of it. */
export const SCRIPT = `
import { EarshotClient, NotFoundError, type RecordingState } from '@earshot/sdk';
import { CallRecordingManager, type UploadJob } from '@earshot/sdk/uploads';
import { noRecordingReason, type PlayerState } from '@earshot/sdk/player';
import { fileStore, nodeUploads } from '@earshot/sdk/node';

const [url = '', token = '', callLogId = '', file = ''] = process.argv.slice(2);
const client = new EarshotClient({ url, token });
const told: Record<string, unknown> = { me: (await client.me()).role };

const watching = (async (): Promise<RecordingState['status'] | undefined> => {
  for await (const { status } of client.watchRecording({ callLogId }, { onState: (state) => (told.watch ??= state) }))
    if (status === 'UPLOADED') return status;
  return undefined;
})();

const uploads = nodeUploads({ client, folder: 'jobs' });
await uploads.start();
const job: UploadJob = await uploads.enqueue({ callLogId, file: { uri: file, contentType: 'audio/mp4' } });
told.subscription = await watching;
while (uploads.getSnapshot().jobs.find(({ id }) => id === job.id)?.state.phase !== 'uploaded')
  await new Promise((resolve) => setTimeout(resolve, 20));
await uploads.stop();

const { recording } = await client.callLog(callLogId);
told.sha256 = recording?.sha256;
told.reason = noRecordingReason(recording) ?? null;
told.missing = await client.lead('01900000-0000-7000-8000-000000000000').catch((error) => error instanceof NotFoundError);
const idle: PlayerState = { phase: 'idle' };
told.rest = [idle.phase, typeof CallRecordingManager, typeof fileStore];
console.log(JSON.stringify(told));
`;

/** The same from a web page, with a player; the test calls it. */
export const PAGE = `
import { EarshotClient, type RecordingState } from '@earshot/sdk';
import { recordingSource, RecordingPlayer } from '@earshot/sdk/player';
import { htmlAudioEngine, webUploads } from '@earshot/sdk/web';

async function run(url: string, token: string, callLogId: string, bytes: readonly number[]) {
  const client = new EarshotClient({ url, token });
  const told: Record<string, unknown> = { me: (await client.me()).role };
  const watching = (async (): Promise<RecordingState | undefined> => {
    const watch = client.watchRecording({ callLogId }, { onState: (state) => (told.watch ??= state) });
    for await (const recording of watch) if (recording.status === 'UPLOADED') return recording;
    return undefined;
  })();
  const uploads = webUploads({ client });
  const stop = await uploads.start();
  await uploads.upload({ callLogId, blob: new Blob([new Uint8Array(bytes)], { type: 'audio/mp4' }) });
  told.sha256 = (await watching)?.sha256;
  const player = new RecordingPlayer({ engine: htmlAudioEngine(), source: recordingSource({ client }) });
  player.load({ callLogId });
  while (player.getSnapshot().state.phase !== 'paused') await new Promise((resolve) => setTimeout(resolve, 20));
  player.dispose();
  await stop();
  return told;
}

Object.assign(globalThis, { run });
`;
