import { SimpleGrid, Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { SweepFieldsFragment } from '../../generated/operations.js';
import { Bars } from '../../ui/bars.js';
import { formatNumber } from '../../ui/format.js';
import { FAILURE_NAMES, STORAGE_STATE_NAMES } from '../../ui/names.js';
import { TEXT } from './text.js';

type CountsOfSweep = NonNullable<SweepFieldsFragment['counts']>;
type Expiry = CountsOfSweep['expiry'][number];

/** How the recordings stood when a sweep ended. */
export function Counts({ counts }: { readonly counts: CountsOfSweep }) {
  const bar = (name: string, value: number) => ({ name, value, text: formatNumber(value) });
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Titled title={TEXT.expiry}>
        <Bars
          label={TEXT.expiry}
          by={TEXT.days}
          count={TEXT.count}
          bars={counts.expiry.map((span) => bar(daysOf(span), span.count))}
        />
      </Titled>
      <Titled title={TEXT.states}>
        <Bars
          label={TEXT.states}
          by={TEXT.state}
          count={TEXT.count}
          bars={counts.byStatus.map(({ status, count }) => bar(STORAGE_STATE_NAMES[status], count))}
        />
      </Titled>
      {counts.byFailure.length > 0 && (
        <Titled title={TEXT.failures}>
          <Bars
            label={TEXT.failures}
            by={TEXT.failure}
            count={TEXT.count}
            bars={counts.byFailure.map(({ code, count }) => bar(FAILURE_NAMES[code], count))}
          />
        </Titled>
      )}
    </SimpleGrid>
  );
}

function Titled({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        {title}
      </Title>
      {children}
    </Stack>
  );
}

function daysOf({ fromDays, toDays }: Expiry): string {
  if (fromDays === null) return toDays === null ? TEXT.unknown : TEXT.over;
  return toDays === null ? `${fromDays} +` : `${fromDays} – ${toDays}`;
}
