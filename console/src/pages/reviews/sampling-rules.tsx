import { Button, Group, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { client } from '../../app/client.js';
import { SamplingRulesDocument, SetSamplingRuleDocument } from '../../generated/operations.js';
import { Answer } from '../../ui/answer.js';
import { DataList } from '../../ui/data-list.js';
import { ErrorNotice } from '../../ui/error-notice.js';
import { refresh } from '../../ui/refresh.js';
import { Section } from '../../ui/section.js';
import { TEXT } from './text.js';

export function SamplingRules() {
  const query = useQuery({
    queryKey: ['sampling-rules'],
    queryFn: async ({ signal }) =>
      (await client.request(SamplingRulesDocument, {}, { signal })).samplingRules,
  });
  return (
    <Section title={TEXT.sampling}>
      <Text size="sm" c="dimmed">
        {TEXT.samplingHint}
      </Text>
      <Answer query={query}>
        {(rules) =>
          rules.length === 0 ? (
            <Text>{TEXT.noRules}</Text>
          ) : (
            <DataList
              label={TEXT.sampling}
              rows={rules}
              keyOf={({ id }) => id}
              columns={[
                { header: TEXT.campaign, cell: ({ campaign }) => campaign },
                { header: TEXT.percent, cell: ({ percent }) => `${percent} %` },
              ]}
            />
          )
        }
      </Answer>
      <SetRule />
    </Section>
  );
}

function SetRule() {
  const queries = useQueryClient();
  const [campaign, setCampaign] = useState('');
  const [percent, setPercent] = useState<number | string>(10);
  const save = useMutation({
    mutationFn: () =>
      client.request(SetSamplingRuleDocument, { input: { campaign, percent: Number(percent) } }),
    onSuccess: async () => {
      notifications.show({ message: TEXT.saved });
      await refresh(queries, ['sampling-rules'], ['review-queue'], ['reviews']);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <Group align="end">
          <TextInput
            label={TEXT.campaign}
            required
            maxLength={200}
            value={campaign}
            onChange={({ currentTarget }) => setCampaign(currentTarget.value)}
          />
          <NumberInput
            label={TEXT.percent}
            required
            min={0}
            max={100}
            hideControls
            value={percent}
            onChange={setPercent}
          />
          <Button type="submit" variant="default" loading={save.isPending}>
            {TEXT.save}
          </Button>
        </Group>
        {save.error && <ErrorNotice error={save.error} />}
      </Stack>
    </form>
  );
}
