import { useCallback, type ReactElement } from 'react';
import { Pressable } from 'react-native';
import type { CatiCallListItem, CatiCallsQueryVariables } from '../../core/index.js';
import { noRecordingReason } from '../../core/player/index.js';
import { useCatiCalls } from '../../react/hooks/index.js';
import { callDate, clockTime, useWords } from '../../react/words/index.js';
import { catiExpiry, catiTrack } from './cati-facts.js';
import { Flags } from './flags.js';
import { PagedList } from './paged-list.js';
import { PlayButton } from './play-button.js';
import { joined, Note, Row, Title } from './row.js';

export interface CatiCallListProps {
  /** Which calls. All that the viewer may see, when absent. */
  readonly filter?: CatiCallsQueryVariables['filter'];
  readonly orderBy?: CatiCallsQueryVariables['orderBy'];
  /** Calls to a page, 1 to 200. 20 when absent. */
  readonly pageSize?: number | undefined;
  /** A row was tapped: show the call. */
  readonly onSelect: (call: CatiCallListItem) => void;
}

/**
 * Interview calls for those who judge them: the respondent's number (masked by the server for those who may not see
 * it), how it ended, when, by whom, how long; where its recording is, how long the provider keeps it, its flags; play.
 */
export function CatiCallList({ filter, orderBy, pageSize = 20, onSelect }: CatiCallListProps): ReactElement {
  const words = useWords();
  const calls = useCatiCalls({ first: pageSize, ...(filter && { filter }), ...(orderBy && { orderBy }) });
  const renderRow = useCallback(
    (call: CatiCallListItem) => <CatiCallRow call={call} onSelect={onSelect} />,
    [onSelect],
  );
  return <PagedList pages={calls} label={words.cati.title} empty={words.cati.none} renderRow={renderRow} />;
}

interface CatiCallRowProps {
  readonly call: CatiCallListItem;
  readonly onSelect: (call: CatiCallListItem) => void;
}

function CatiCallRow({ call, onSelect }: CatiCallRowProps): ReactElement {
  const words = useWords();
  const { cati } = words;
  const { recording, startedAt, interviewer, talkSeconds } = call;
  const track = catiTrack(call);
  const date = startedAt === null ? undefined : callDate(startedAt, words.locale);
  return (
    <Row
      actions={
        noRecordingReason(recording) === undefined && (
          <PlayButton track={track} label={joined([track.title, date])} />
        )
      }
    >
      <Pressable role="button" style={{ minHeight: 44, gap: 2 }} onPress={() => onSelect(call)}>
        <Title text={joined([call.toNumber ?? cati.unknown, cati.status[call.status]])} />
        <Note
          text={joined([date, interviewer?.name, talkSeconds === null ? undefined : clockTime(talkSeconds)])}
        />
        <Note text={joined([recording && cati.storage[recording.status], catiExpiry(recording, words)])} />
        <Flags of={recording} />
      </Pressable>
    </Row>
  );
}
