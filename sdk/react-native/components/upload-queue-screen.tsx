import type { ReactElement } from 'react';
import { FlatList, Switch, Text, View } from 'react-native';
import type { UploadJob } from '../../core/uploads/index.js';
import { useUploadQueue } from '../../react/hooks/index.js';
import { fileSize, uploadWords, useWords } from '../../react/words/index.js';
import { Button } from './button.js';
import { CancelAll } from './cancel-all.js';
import { ProgressBar } from './progress-bar.js';
import { joined, Note, Row, Title } from './row.js';
import { useTheme } from './theme.js';
import { uploadActions, type UploadAction } from './upload-actions.js';

export interface UploadQueueScreenProps {
  /** What to call an upload, such as by the lead's name. The file's name when absent. */
  readonly titleOf?: ((job: UploadJob) => string) | undefined;
}

const nameOf = ({ file }: UploadJob): string => file.name ?? file.uri.slice(file.uri.lastIndexOf('/') + 1);

/** Every upload of this device: where it stands, and what a person may do about it. */
export function UploadQueueScreen({ titleOf = nameOf }: UploadQueueScreenProps): ReactElement {
  const { jobs } = useUploadQueue();
  const theme = useTheme();
  const words = useWords();
  return (
    <View style={{ flex: 1, backgroundColor: theme.surface }}>
      <QueueHead />
      <FlatList
        style={{ flex: 1 }}
        role={jobs.length > 0 ? 'list' : undefined}
        aria-label={jobs.length > 0 ? words.queue.title : undefined}
        data={jobs}
        extraData={titleOf}
        keyExtractor={({ id }) => id}
        renderItem={({ item }) => <JobRow job={item} title={titleOf(item)} />}
        ListEmptyComponent={
          <Text style={{ color: theme.muted, padding: 24, textAlign: 'center' }}>{words.queue.none}</Text>
        }
      />
    </View>
  );
}

function QueueHead(): ReactElement {
  const { isPaused, wifiOnly, uploads } = useUploadQueue();
  const theme = useTheme();
  const { queue } = useWords();
  return (
    <View style={{ flexDirection: 'row', flexWrap: 'wrap', alignItems: 'center', gap: 12, padding: 12 }}>
      <Button
        isQuiet
        title={isPaused ? queue.resumeAll : queue.pauseAll}
        onPress={() => void (isPaused ? uploads.resumeAll() : uploads.pauseAll())}
      />
      <View style={{ flexDirection: 'row', alignItems: 'center', gap: 8, minHeight: 44 }}>
        <Switch
          aria-label={queue.wifiOnly}
          value={wifiOnly}
          trackColor={{ true: theme.accent, false: theme.line }}
          onValueChange={(value) => void uploads.setWifiOnly(value)}
        />
        <Text style={{ color: theme.text }}>{queue.wifiOnly}</Text>
      </View>
      <CancelAll />
    </View>
  );
}

function JobRow({ job, title }: { readonly job: UploadJob; readonly title: string }): ReactElement {
  const words = useWords();
  const { state, byteSize, sentBytes } = job;
  const { queue } = words;
  const isSending = state.phase === 'sending';
  const secondsLeft = isSending ? state.secondsLeft : undefined;
  const standing = uploadWords(job, words) ?? queue.uploaded;
  const problem = state.phase === 'failed' || state.phase === 'waiting' ? state.problem : undefined;
  return (
    <Row
      actions={uploadActions(state).map((action) => (
        <ActionButton key={action} {...{ job, action, title }} />
      ))}
    >
      <Title text={title} />
      <Note
        isLive
        isBad={state.phase === 'failed'}
        text={joined([
          standing,
          byteSize > 0 ? fileSize(byteSize, words.locale) : undefined,
          secondsLeft === undefined ? undefined : queue.secondsLeft(secondsLeft),
        ])}
      />
      <Note text={problem && words.problem(problem)} />
      {isSending && <ProgressBar share={sentBytes / Math.max(1, byteSize)} label={`${standing}, ${title}`} />}
    </Row>
  );
}

interface ActionProps {
  readonly job: UploadJob;
  readonly action: UploadAction;
  readonly title: string;
}

function ActionButton({ job, action, title }: ActionProps): ReactElement {
  const { uploads } = useUploadQueue();
  const words = useWords();
  const text = action === 'retry' ? words.retry : words.queue[action];
  const method = action === 'retry' ? 'resume' : action;
  return (
    <Button isQuiet title={text} label={`${text}, ${title}`} onPress={() => void uploads[method](job.id)} />
  );
}
