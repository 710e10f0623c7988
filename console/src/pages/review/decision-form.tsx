import { Button, Card, Checkbox, Group, NumberInput, Stack, Switch, Text, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { client } from '../../app/client.js';
import {
  ReviewFormDocument,
  type AudioFindingCode,
  type ReviewDecision,
  type ReviewFormQuery,
} from '../../generated/operations.js';
import { useShortcutSetting } from '../../player/use-shortcut-setting.js';
import { useShortcuts } from '../../player/use-shortcuts.js';
import { Answer } from '../../ui/answer.js';
import { ErrorNotice } from '../../ui/error-notice.js';
import { Section } from '../../ui/section.js';
import { TEXT } from './text.js';
import type { Hold } from './use-hold.js';
import { useSubmit } from './use-submit.js';

interface Props {
  readonly reviewId: string;
  readonly onRefused: Hold['onRefused'];
}

export function DecisionForm(props: Props) {
  const query = useQuery({
    queryKey: ['review-form'],
    queryFn: async ({ signal }) => (await client.request(ReviewFormDocument, {}, { signal })).reviewForm,
    staleTime: Infinity,
  });
  return (
    <Section title={TEXT.decide}>
      <Answer query={query}>{(form) => <Fields {...props} form={form} />}</Answer>
    </Section>
  );
}

/** With Shift, whatever Caps Lock makes of the letter, so that no slip decides. */
const KEYS: Readonly<Record<string, ReviewDecision>> = { A: 'APPROVED', R: 'REJECTED' };

interface FieldsProps extends Props {
  readonly form: ReviewFormQuery['reviewForm'];
}

function Fields({ reviewId, onRefused, form }: FieldsProps) {
  const [findings, setFindings] = useState<AudioFindingCode[]>([]);
  const [feedback, setFeedback] = useState('');
  const [score, setScore] = useState<number | string>('');
  const [goesOn, setGoesOn] = useState(true);
  const [keysOn] = useShortcutSetting();
  const submit = useSubmit(goesOn, onRefused);
  const decide = (decision: ReviewDecision): void => {
    if (submit.isPending) return;
    submit.mutate({
      reviewId,
      decision,
      findings,
      feedback: feedback.trim() || undefined,
      score: typeof score === 'number' ? score : undefined,
    });
  };
  useShortcuts(keysOn, ({ key, repeat, shiftKey }) => {
    const decision = shiftKey ? KEYS[key.toUpperCase()] : undefined;
    // Held down, it would decide the next call too, which nobody has heard.
    if (decision && !repeat) decide(decision);
    return decision !== undefined;
  });
  return (
    <Card withBorder>
      <Stack gap="sm">
        <Checkbox.Group label={TEXT.findings} value={findings} onChange={setFindings}>
          <Stack gap={6} mt={4}>
            {form.findings.map(({ code, label, description }) => (
              <Checkbox key={code} value={code} label={label} description={description} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Textarea
          label={TEXT.feedback}
          maxLength={form.maxFeedbackLength}
          autosize
          minRows={2}
          value={feedback}
          onChange={({ currentTarget }) => setFeedback(currentTarget.value)}
        />
        <NumberInput
          label={`${TEXT.score} (0 – ${form.maxScore})`}
          w={150}
          min={0}
          max={form.maxScore}
          allowDecimal={false}
          hideControls
          value={score}
          onChange={setScore}
        />
        {submit.error && <ErrorNotice error={submit.error} />}
        <Group>
          {form.decisions.map(({ code, label, description }) => (
            <Button
              key={code}
              color={code === 'REJECTED' ? 'red' : 'blue'}
              title={description}
              loading={submit.isPending && submit.variables.decision === code}
              onClick={() => decide(code)}
            >
              {label}
            </Button>
          ))}
          <Switch
            label={TEXT.next}
            checked={goesOn}
            onChange={({ currentTarget }) => setGoesOn(currentTarget.checked)}
          />
        </Group>
        <Text size="sm" c="dimmed">
          {TEXT.keys}
        </Text>
      </Stack>
    </Card>
  );
}
