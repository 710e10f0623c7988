import { Button, Card, Group, Stack, Textarea } from '@mantine/core';
import { clockTime } from '@earshot/sdk/react';
import type { FormEvent, KeyboardEvent } from 'react';
import { useState } from 'react';
import { ErrorNotice } from '../ui/error-notice.js';
import { focusFirst } from '../ui/focus-first.js';
import { TEXT } from './text.js';
import type { useNotes } from './use-notes.js';

interface Props {
  readonly second: number;
  readonly add: ReturnType<typeof useNotes>['add'];
  readonly onDone: () => void;
}

/** Ctrl+Enter saves, Escape gives up. */
export function NoteForm({ second, add, onDone }: Props) {
  const [text, setText] = useState('');
  const save = (): void => {
    if (text.trim() !== '') add.mutate({ second, text: text.trim() }, { onSuccess: onDone });
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save();
  };
  const onKeyDown = ({ key, ctrlKey, metaKey }: KeyboardEvent): void => {
    if (key === 'Escape') onDone();
    if (key === 'Enter' && (ctrlKey || metaKey)) save();
  };
  return (
    <Card withBorder padding="sm">
      <form onSubmit={submit}>
        <Stack gap="xs">
          <Textarea
            label={`${TEXT.at} ${clockTime(second)}`}
            maxLength={2000}
            ref={focusFirst}
            autosize
            value={text}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
            onKeyDown={onKeyDown}
          />
          {add.error && <ErrorNotice error={add.error} />}
          <Group gap="xs">
            <Button type="submit" size="xs" loading={add.isPending}>
              {TEXT.save}
            </Button>
            <Button size="xs" variant="default" onClick={onDone}>
              {TEXT.cancel}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}
