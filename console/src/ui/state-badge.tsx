import { Badge } from '@mantine/core';
import type { RecordingStatus } from '@earshot/sdk';
import { NONE } from './format.js';
import { STORAGE_STATE_COLORS, STORAGE_STATE_NAMES } from './names.js';

interface Props {
  readonly status: RecordingStatus | undefined;
}

/** Where a recording is on its way into the store. */
export function StorageStateBadge({ status }: Props) {
  if (!status) return NONE;
  return <WordBadge color={STORAGE_STATE_COLORS[status]} text={STORAGE_STATE_NAMES[status]} />;
}

/** A dot of the colour beside the word: the word alone says it, and is readable on any ground. */
export function WordBadge({ color, text }: { readonly color: string; readonly text: string }) {
  return (
    <Badge variant="dot" color={color} tt="none" fw={500} miw="max-content">
      {text}
    </Badge>
  );
}
