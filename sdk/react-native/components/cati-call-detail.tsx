import type { ReactElement, ReactNode } from 'react';
import { ScrollView, Text, View } from 'react-native';
import type { CatiCall } from '../../core/index.js';
import { noRecordingReason } from '../../core/player/index.js';
import { useCatiCall } from '../../react/hooks/index.js';
import { callDate, clockTime, useWords, type Words } from '../../react/words/index.js';
import { Button } from './button.js';
import { catiExpiry, catiTrack } from './cati-facts.js';
import { Flags } from './flags.js';
import { RecordingPlayerBar } from './recording-player-bar.js';
import { Note } from './row.js';
import { useTheme } from './theme.js';

export interface CatiCallDetailProps {
  readonly id: string;
  /** The review form, below the player; it is given the call. */
  readonly renderReview?: ((call: CatiCall) => ReactNode) | undefined;
}

/** One interview call: its facts, its recording in the player or why there is none, and room for a review. */
export function CatiCallDetail({ id, renderReview }: CatiCallDetailProps): ReactElement {
  const { data, error, isLoading, refresh } = useCatiCall(id);
  const theme = useTheme();
  const words = useWords();
  return (
    <ScrollView
      style={{ flex: 1, backgroundColor: theme.surface }}
      contentContainerStyle={{ padding: 12, gap: 12 }}
    >
      {data && <Facts call={data} />}
      {data && <Recorded call={data} />}
      {data && renderReview?.(data)}
      {!data && isLoading && <Note isLive text={words.loading} />}
      {error !== undefined && (
        <View style={{ gap: 8, alignItems: 'flex-start' }} aria-live="polite">
          <Note isBad text={words.failedToLoad} />
          <Button isQuiet title={words.retry} onPress={refresh} />
        </View>
      )}
    </ScrollView>
  );
}

function factsOf(call: CatiCall, words: Words): readonly (readonly [string, string])[] {
  const { cati, locale } = words;
  const { recording, startedAt, talkSeconds } = call;
  const expiry = catiExpiry(recording, words);
  return [
    [cati.respondent, `${call.toNumber ?? cati.unknown} · ${cati.status[call.status]}`],
    [cati.began, startedAt === null ? cati.unknown : callDate(startedAt, locale)],
    [cati.duration, talkSeconds === null ? cati.unknown : clockTime(talkSeconds)],
    [cati.interviewer, call.interviewer?.name ?? cati.unknown],
    [cati.campaign, call.campaign ?? cati.unknown],
    [cati.recording, recording ? cati.storage[recording.status] : words.noRecording.NONE],
    ...(expiry === undefined ? [] : ([[cati.expires, expiry]] as const)),
  ];
}

function Facts({ call }: { readonly call: CatiCall }): ReactElement {
  const theme = useTheme();
  const words = useWords();
  return (
    <View style={{ gap: 6 }}>
      {factsOf(call, words).map(([name, value]) => (
        <View key={name} style={{ flexDirection: 'row', flexWrap: 'wrap', gap: 8 }}>
          <Text style={{ color: theme.muted, minWidth: 110 }}>{name}</Text>
          <Text style={{ color: theme.text, flexShrink: 1 }}>{value}</Text>
        </View>
      ))}
      <Flags of={call.recording} />
    </View>
  );
}

function Recorded({ call }: { readonly call: CatiCall }): ReactElement {
  const words = useWords();
  const { recording } = call;
  const reason = noRecordingReason(recording);
  const bar = <RecordingPlayerBar track={catiTrack(call)} />;
  if (reason === undefined) return bar;
  const nextAttemptAt = recording?.nextAttemptAt;
  return (
    <View style={{ gap: 2 }}>
      <Note text={words.noRecording[reason]} />
      {nextAttemptAt && <Note text={words.cati.nextTry(callDate(nextAttemptAt, words.locale))} />}
      {recording?.url && bar}
    </View>
  );
}
