import type { ReactNode } from 'react';
import type { CallLogListItem, CallLogsQueryVariables } from '../../core/index.js';
import type { UploadJob } from '../../core/uploads/index.js';
import { useEarshot, useService } from '../hooks/earshot-context.js';
import { useCallLogs } from '../hooks/use-calls.js';
import { useRecordingPlayer, useUploadOf } from '../hooks/use-snapshots.js';
import { isOn } from '../hooks/use-track.js';
import { callDate, clockTime, recordingRow, useWords } from '../words/index.js';
import * as style from './style.js';

export interface RecordingListProps {
  /** Which calls. All that the viewer may see, when absent. */
  readonly filter?: CallLogsQueryVariables['filter'];
  /** Calls to a page, 1 to 200. 20 when absent. */
  readonly pageSize?: number | undefined;
}

/**
 * Calls with their recordings: when, how it ended, how long; play, or why not; and how far the upload is, for calls
 * that were recorded on this device. Needs a player; uploads are shown where the provider has them.
 */
export function RecordingList({ filter, pageSize = 20 }: RecordingListProps): ReactNode {
  const words = useWords();
  const { uploads } = useEarshot();
  const calls = useCallLogs({ first: pageSize, ...(filter && { filter }) });
  const Row = uploads ? RowWithUpload : CallRow;
  return (
    <section aria-label={words.recordings} aria-busy={calls.isLoading} style={style.section}>
      {calls.error !== undefined && (
        <p role="alert" style={style.danger}>
          {words.failedToLoad}{' '}
          <button type="button" style={style.quietButton} onClick={calls.refresh}>
            {words.retry}
          </button>
        </p>
      )}
      {calls.isLoading && calls.items.length === 0 && <p role="status">{words.loading}</p>}
      {!calls.isLoading && calls.error === undefined && calls.items.length === 0 && (
        <p>{words.noRecordings}</p>
      )}
      <ul style={style.list}>
        {calls.items.map((call) => (
          <Row key={call.id} call={call} />
        ))}
      </ul>
      {calls.hasMore && (
        <button
          type="button"
          style={style.quietButton}
          disabled={calls.isLoadingMore}
          onClick={calls.loadMore}
        >
          {calls.isLoadingMore ? words.loading : words.more}
        </button>
      )}
    </section>
  );
}

function RowWithUpload({ call }: { readonly call: CallLogListItem }): ReactNode {
  const uploads = useService('uploads');
  const job = useUploadOf({ callLogId: call.id });
  return <CallRow call={call} job={job} onRetry={(id) => void uploads.resume(id)} />;
}

interface CallRowProps {
  readonly call: CallLogListItem;
  readonly job?: UploadJob | undefined;
  readonly onRetry?: (id: string) => void;
}

function CallRow({ call, job, onRetry }: CallRowProps): ReactNode {
  const words = useWords();
  const { lead, outcome, startedAt, durationSeconds, recording } = call;
  const { upload, reason, canRetry, isPlayable } = recordingRow(recording, job, words);
  const facts = [words.outcome[outcome], durationSeconds === null ? '' : clockTime(durationSeconds)];
  return (
    <li style={style.row}>
      <div style={style.facts}>
        <strong>{lead.name}</strong>
        <span style={style.muted}>
          <time dateTime={startedAt}>{callDate(startedAt, words.locale)}</time>
          {facts.filter(Boolean).map((fact) => ` · ${fact}`)}
        </span>
        {upload !== undefined && <span role="status">{upload}</span>}
        {reason !== undefined && <span style={style.muted}>{reason}</span>}
      </div>
      {canRetry && job && (
        <button type="button" style={style.quietButton} onClick={() => onRetry?.(job.id)}>
          {words.retry}
        </button>
      )}
      {isPlayable && <PlayCall call={call} />}
    </li>
  );
}

function PlayCall({ call }: { readonly call: CallLogListItem }): ReactNode {
  const words = useWords();
  const { state, player } = useRecordingPlayer();
  const track = { callLogId: call.id, title: call.lead.name };
  return (
    <button type="button" style={style.button} onClick={() => player.toggle(track)}>
      {isOn(state, track) ? words.pause : words.play}
      <span style={style.hidden}>
        {call.lead.name}, {callDate(call.startedAt, words.locale)}
      </span>
    </button>
  );
}
