import { Group } from '@mantine/core';
import type { RecordingFlag } from '@earshot/sdk';
import { FLAG_NAMES } from './names.js';
import { WordBadge } from './state-badge.js';

/** What is to be looked at in a recording; nothing where that is nothing. */
export function FlagBadges({ flags }: { readonly flags: readonly RecordingFlag[] }) {
  if (flags.length === 0) return null;
  return (
    <Group gap={4}>
      {flags.map((flag) => (
        <WordBadge key={flag} color="orange" text={FLAG_NAMES[flag]} />
      ))}
    </Group>
  );
}
