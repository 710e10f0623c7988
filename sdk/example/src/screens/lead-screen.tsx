import { Button, RecordingList, useLead, useTheme, useTrackedCalls } from '@earshot/sdk/react-native';
import { Text } from 'react-native';
import { Screen } from '../screen';

interface LeadScreenProps {
  readonly leadId: string;
  readonly onBack: () => void;
  readonly onRecord: () => void;
}

/** One lead with the recordings of its calls. */
export function LeadScreen({ leadId, onBack, onRecord }: LeadScreenProps) {
  const theme = useTheme();
  const { data } = useLead(leadId);
  const { tracked } = useTrackedCalls();
  const unlogged = tracked.filter(({ callLogId, ...call }) => call.leadId === leadId && !callLogId);
  return (
    <Screen
      title={data?.name ?? 'Lead'}
      onBack={onBack}
      actions={<Button title="Record a note" onPress={onRecord} />}
    >
      {unlogged.length > 0 && (
        <Text style={{ color: theme.muted, paddingHorizontal: 12 }}>
          {unlogged.length} more on this device, waiting for the server.
        </Text>
      )}
      <RecordingList filter={{ leadId }} />
    </Screen>
  );
}
