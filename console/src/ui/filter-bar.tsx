import { Group, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { FilterChips, type Chip } from './filter-chips.js';

interface Props {
  /** What is searched. */
  readonly label: string;
  /** The fields. */
  readonly children: ReactNode;
  readonly chips: readonly Chip[];
  readonly onClear: () => void;
}

/** The fields that narrow a list, and below them what they have narrowed it by. */
export function FilterBar({ label, children, chips, onClear }: Props) {
  return (
    <Stack gap="xs" role="search" aria-label={label}>
      <Group>{children}</Group>
      <FilterChips chips={chips} onClear={onClear} />
    </Stack>
  );
}
