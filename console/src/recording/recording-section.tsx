import { Button, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { CatiCall } from '@earshot/sdk';
import type { UploadTarget } from '@earshot/sdk/uploads';
import { NotedPlayer } from '../notes/noted-player.js';
import { Player } from '../player/player.js';
import { TEXT } from '../player/text.js';
import { UploadArea } from '../upload/upload-area.js';
import { NoRecording } from './no-recording.js';
import { useRecordingChanges } from './use-recording-changes.js';

type Whole = NonNullable<CatiCall['recording']>;
/** With a link, it can be heard before it is stored: from its provider. */
type Shown = Omit<Whole, 'url'> & Partial<Pick<Whole, 'url'>>;

interface Props {
  readonly target: UploadTarget;
  readonly recording: Shown | null;
  readonly title: string;
  readonly mayUpload: boolean;
  /** Shows the player once somebody asks for it. */
  readonly folded?: boolean;
  /** Shows the notes too: of a CATI call, to who may see them. */
  readonly noted?: boolean;
}

/** The recording of a call: the player, or why there is none and how to bring one. */
export function RecordingSection({
  target,
  recording,
  title,
  mayUpload,
  folded = false,
  noted = false,
}: Props) {
  const [isOpen, { toggle }] = useDisclosure(!folded);
  useRecordingChanges(target, recording?.status);
  const isStored = recording?.status === 'UPLOADED';
  const isHeard = isStored || recording?.url != null;
  return (
    <Stack gap="xs" align="stretch">
      {!isStored && <NoRecording recording={recording} />}
      {!isStored && mayUpload && <UploadArea target={target} />}
      {isHeard && folded && (
        <Button variant="default" w="fit-content" size="compact-md" aria-expanded={isOpen} onClick={toggle}>
          {isOpen ? TEXT.hide : TEXT.listen}
        </Button>
      )}
      {isHeard &&
        isOpen &&
        (noted ? (
          <NotedPlayer recording={recording} title={title} />
        ) : (
          <Player recordingId={recording.id} title={title} durationMs={recording.durationMs} />
        ))}
    </Stack>
  );
}
