import { useCallback, type ReactElement } from 'react';
import type { CallLogListItem, CallLogsQueryVariables } from '../../core/index.js';
import { useService } from '../../react/hooks/earshot-context.js';
import { useCallLogs, useUploadOf } from '../../react/hooks/index.js';
import { callDate, clockTime, recordingRow, useWords } from '../../react/words/index.js';
import { Button } from './button.js';
import { PagedList } from './paged-list.js';
import { PlayButton } from './play-button.js';
import { ProgressBar } from './progress-bar.js';
import { joined, Note, Row, Title } from './row.js';

export interface RecordingListProps {
  /** Which calls, such as those of one lead. All that the viewer may see, when absent. */
  readonly filter?: CallLogsQueryVariables['filter'];
  /** Calls to a page, 1 to 200. 20 when absent. */
  readonly pageSize?: number | undefined;
}

/**
 * Calls with their recordings: when, how it ended, how long, how far the upload is; play, try again, or why there is
 * no recording. Pulled down, it is read afresh. The provider needs `uploads` and `player`.
 */
export function RecordingList({ filter, pageSize = 20 }: RecordingListProps): ReactElement {
  const words = useWords();
  const calls = useCallLogs({ first: pageSize, ...(filter && { filter }) });
  const renderRow = useCallback((call: CallLogListItem) => <CallRow call={call} />, []);
  return (
    <PagedList pages={calls} label={words.recordings} empty={words.noRecordings} renderRow={renderRow} />
  );
}

function CallRow({ call }: { readonly call: CallLogListItem }): ReactElement {
  const uploads = useService('uploads');
  const job = useUploadOf({ callLogId: call.id });
  const words = useWords();
  const { lead, outcome, startedAt, durationSeconds } = call;
  const row = recordingRow(call.recording, job, words);
  const date = callDate(startedAt, words.locale);
  const actions = (
    <>
      {row.canRetry && job && (
        <Button
          isQuiet
          title={words.retry}
          label={`${words.retry}, ${lead.name}, ${date}`}
          onPress={() => void uploads.resume(job.id)}
        />
      )}
      {row.isPlayable && (
        <PlayButton track={{ callLogId: call.id, title: lead.name }} label={`${lead.name}, ${date}`} />
      )}
    </>
  );
  return (
    <Row actions={actions}>
      <Title text={lead.name} />
      <Note
        text={joined([
          date,
          words.outcome[outcome],
          durationSeconds === null ? undefined : clockTime(durationSeconds),
        ])}
      />
      <Note isLive text={row.upload} isBad={row.isFailed} />
      <Note text={row.reason} />
      {row.share !== undefined && <ProgressBar share={row.share} label={row.upload ?? ''} />}
    </Row>
  );
}
