import type { EarshotClient } from '../client.js';
import { found } from '../found.js';
import * as operations from '../generated/operations.js';
import type { RequestOptions } from '../options.js';
import type { RecordingState } from '../types.js';
import type { WatchSpec } from './watch-spec.js';

/** Exactly one: a recording, or the current recording of a call, also one that the call does not have yet. */
export type RecordingTarget =
  | { readonly id: string; readonly callLogId?: never; readonly catiCallId?: never }
  | { readonly callLogId: string; readonly id?: never; readonly catiCallId?: never }
  | { readonly catiCallId: string; readonly id?: never; readonly callLogId?: never };

type Requester = Pick<EarshotClient, 'request'>;

/** The recording that is watched, as it is now; undefined while there is none. */
export async function currentRecording(
  client: Requester,
  { id, callLogId, catiCallId }: RecordingTarget,
  options: RequestOptions,
): Promise<RecordingState | undefined> {
  if (id !== undefined) {
    const { recording } = await client.request(operations.RecordingStateDocument, { id }, options);
    return found('recording', recording);
  }
  if (callLogId !== undefined) {
    const variables = { id: callLogId };
    const { callLog } = await client.request(operations.CallLogRecordingStateDocument, variables, options);
    return found('call log', callLog).recording ?? undefined;
  }
  const variables = { id: catiCallId };
  const { catiCall } = await client.request(operations.CatiCallRecordingStateDocument, variables, options);
  return found('CATI call', catiCall).recording ?? undefined;
}

export function recordingWatch(
  client: Requester,
  target: RecordingTarget,
): WatchSpec<
  RecordingState,
  operations.RecordingChangedSubscription,
  operations.RecordingChangedSubscriptionVariables
> {
  return {
    document: operations.RecordingChangedDocument,
    variables: target,
    select: ({ recordingChanged }) => recordingChanged,
    poll: (options) => currentRecording(client, target, options),
  };
}
