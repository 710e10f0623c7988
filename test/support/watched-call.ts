import type { CallLog } from '../../server/calls/call-log.entity.js';
import type { User } from '../../server/auth/user.entity.js';
import { recordingChanged } from '../../server/recordings/recording-changed.topic.js';
import { eventually } from './eventually.js';
import type { SocketPeer } from './socket-peer.js';
import type { TestApp } from './test-app.js';

/** A telecaller's call whose recording can be watched. */
export interface WatchedCall {
  user: User;
  leadId: string;
  callLog: CallLog;
  recordingId: string;
}

export async function watchedCall(app: TestApp, user?: User): Promise<WatchedCall> {
  const telecaller = user ?? (await app.make.user('TELECALLER'));
  const recording = await app.make.recording({ status: 'EXPECTED' });
  const lead = await app.make.lead(telecaller);
  const callLog = await app.make.callLog(lead, telecaller, { recording: recording.id });
  return { user: telecaller, leadId: lead.id, callLog, recordingId: recording.id };
}

/** A change that a worker would make: one more try. Resolves when it is committed, with the number of tries. */
export async function change(app: TestApp, { recordingId }: WatchedCall): Promise<number> {
  const [row] = await app.database.query<{ attempts: number }>(
    'update recordings set attempts = attempts + 1 where id = $1 returning attempts',
    [recordingId],
  );
  return row?.attempts ?? 0;
}

/** The operation that watches a recording, with what it selects. */
export function watch({ recordingId }: { recordingId: string }, selection = 'attempts'): object {
  return {
    query: `subscription ($id: ID!) { recordingChanged(id: $id) { ${selection} } }`,
    variables: { id: recordingId },
  };
}

/** How many watch a recording in this process. */
export function watchers(app: TestApp): number {
  return app.services.pubsub.subscribers(recordingChanged);
}

/** Begins to watch, and answers the operation's id once the server listens for it. */
export async function watching(app: TestApp, peer: SocketPeer, operation: object): Promise<string> {
  const before = watchers(app);
  const id = peer.subscribe(operation);
  await eventually(() => watchers(app) > before);
  return id;
}
