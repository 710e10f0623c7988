import type { LocalFile } from '@earshot/sdk/uploads';
import {
  Button,
  MicrophonePermission,
  nativePermission,
  PermissionGate,
  useEarshot,
  useTheme,
  useTrackedCalls,
} from '@earshot/sdk/react-native';
import * as audio from 'expo-audio';
import { useState } from 'react';
import { AppState, Linking, Text, View } from 'react-native';
import { Screen } from '../screen';

const permission = new MicrophonePermission(nativePermission({ audio, Linking, AppState }));

interface NoteScreenProps {
  readonly leadId: string;
  readonly keep: (uri: string) => Promise<LocalFile>;
  readonly onBack: () => void;
}

/** What the caller says about a call, right after it: a call of its own with its recording. */
export function NoteScreen({ leadId, keep, onBack }: NoteScreenProps) {
  return (
    <Screen title="Record a note" onBack={onBack}>
      <PermissionGate permission={permission}>
        <Recorder leadId={leadId} keep={keep} onDone={onBack} />
      </PermissionGate>
    </Screen>
  );
}

function Recorder({ leadId, keep, onDone }: Omit<NoteScreenProps, 'onBack'> & { onDone: () => void }) {
  const theme = useTheme();
  const { client } = useEarshot();
  const { calls } = useTrackedCalls();
  const recorder = audio.useAudioRecorder(audio.RecordingPresets.HIGH_QUALITY);
  const [startedAt, setStartedAt] = useState<number>();
  const [problem, setProblem] = useState('');

  const start = async () => {
    await audio.setAudioModeAsync({ allowsRecording: true, playsInSilentMode: true });
    await recorder.prepareToRecordAsync();
    recorder.record();
    setStartedAt(Date.now());
  };
  const stop = async (began: number) => {
    await recorder.stop();
    setStartedAt(undefined);
    // What was played next would otherwise come from the earpiece.
    await audio.setAudioModeAsync({ allowsRecording: false, playsInSilentMode: true });
    if (!recorder.uri) throw new Error('Nothing was recorded.');
    await calls.callEnded({
      key: client.platform.uniqueId(),
      call: {
        leadId,
        outcome: 'CONNECTED',
        durationSeconds: Math.round((Date.now() - began) / 1000),
        notes: 'Spoken note',
      },
      file: await keep(recorder.uri),
    });
    onDone();
  };
  const attempt = (work: Promise<void>) => {
    setProblem('');
    work.catch((error: unknown) => setProblem(error instanceof Error ? error.message : String(error)));
  };

  return (
    <View style={{ padding: 24, gap: 12, alignItems: 'center' }}>
      <Text style={{ color: theme.text }} aria-live="polite">
        {startedAt === undefined ? 'Ready.' : 'Recording …'}
      </Text>
      {startedAt === undefined ? (
        <Button title="Start" onPress={() => attempt(start())} />
      ) : (
        <Button title="Stop and save" onPress={() => attempt(stop(startedAt))} />
      )}
      {problem !== '' && <Text style={{ color: theme.danger }}>{problem}</Text>}
    </View>
  );
}
