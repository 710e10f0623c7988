import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { client } from '../../app/client.js';
import { RecordingOwnerDocument } from '../../generated/operations.js';
import { notifyFailure } from '../../ui/notify-failure.js';
import { TEXT } from './text.js';

/** Whose recording it is is asked only when somebody wants to go there. */
export function OpenCall({ recordingId }: { readonly recordingId: string }) {
  const navigate = useNavigate();
  const open = useMutation({
    mutationFn: async () => (await client.request(RecordingOwnerDocument, { id: recordingId })).recording,
    onSuccess: (recording) => {
      const lead = recording?.callLog?.lead.id;
      const call = recording?.catiCall?.id;
      if (lead !== undefined) return navigate({ to: '/leads/$leadId', params: { leadId: lead } });
      if (call !== undefined)
        return navigate({ to: '/cati-calls/$catiCallId', params: { catiCallId: call } });
      return undefined;
    },
    onError: notifyFailure,
  });
  return (
    <Button variant="default" size="compact-sm" loading={open.isPending} onClick={() => open.mutate()}>
      {TEXT.open}
    </Button>
  );
}
