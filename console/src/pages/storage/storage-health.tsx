import { Alert, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { client } from '../../app/client.js';
import { may } from '../../app/navigation.js';
import { useViewer } from '../../app/session.js';
import { StorageHealthDocument } from '../../generated/operations.js';
import { Answer } from '../../ui/answer.js';
import { formatTime } from '../../ui/format.js';
import { refresh } from '../../ui/refresh.js';
import { Section } from '../../ui/section.js';
import { Counts } from './counts.js';
import { SweepButtons } from './sweep-buttons.js';
import { SweepFacts } from './sweep-facts.js';
import { TEXT } from './text.js';

/** While a sweep runs its figures grow. */
const WHILE_RUNNING_MS = 2000;

export function StorageHealth() {
  const { role } = useViewer();
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ['storage-health'],
    queryFn: async ({ signal }) =>
      (await client.request(StorageHealthDocument, {}, { signal })).storageHealth,
    refetchInterval: ({ state }) => (state.data?.current ? WHILE_RUNNING_MS : false),
  });
  const isRunning = query.data?.current != null;
  const latest = query.data && (query.data.lastSweep?.id ?? 'none');
  useEffect(() => {
    if (latest === undefined) return undefined;
    // Another sweep is the latest then: what it found and changed shows.
    return () => void refresh(queries, ['storage-findings'], ['storage-usage']);
  }, [latest, queries]);
  return (
    <Section title={TEXT.health} actions={may.sweepStorage(role) && <SweepButtons isRunning={isRunning} />}>
      <Answer query={query}>
        {({ current, lastSweep, providers }) => (
          <Stack>
            {providers.map(({ provider, stopped }) =>
              stopped ? (
                <Alert key={provider} color="red" title={`${TEXT.stops}: ${provider}`}>
                  {stopped.message} ({TEXT.since} {formatTime(stopped.since)})
                </Alert>
              ) : null,
            )}
            <div role="status">{current && <Text>{TEXT.running}</Text>}</div>
            {current && <SweepFacts sweep={current} />}
            {lastSweep ? (
              <>
                <SweepFacts sweep={lastSweep} />
                {lastSweep.counts && <Counts counts={lastSweep.counts} />}
              </>
            ) : (
              <Text c="dimmed">{TEXT.noSweep}</Text>
            )}
          </Stack>
        )}
      </Answer>
    </Section>
  );
}
