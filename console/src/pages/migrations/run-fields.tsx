import { Group, NativeSelect, Stack, Switch, TextInput } from '@mantine/core';
import type { MigrationOrder } from '@earshot/sdk';
import { FilterChips, wordChips } from '../../ui/filter-chips.js';
import { FilterMenu } from '../../ui/filter-menu.js';
import { LimitInput } from '../../ui/limit-input.js';
import { FAILURE_NAMES, optionsOf, ORDER_NAMES } from '../../ui/names.js';
import type { RunForm } from './run-input.js';
import { TEXT } from './text.js';

interface Props {
  readonly form: RunForm;
  readonly onChange: (change: Partial<RunForm>) => void;
}

/** Which calls a run takes, in which order, and how fast. */
export function RunFields({ form, onChange }: Props) {
  const text = (key: 'provider' | 'campaign' | 'from' | 'to', type: 'text' | 'date') => (
    <TextInput
      label={TEXT[key]}
      type={type}
      value={form[key]}
      onChange={({ currentTarget }) => onChange({ [key]: currentTarget.value })}
    />
  );
  const setErrors = (chosen: RunForm['onlyErrors'] | undefined): void =>
    onChange({ onlyErrors: chosen ?? [] });
  return (
    <Stack gap="sm">
      <Group align="end">
        {text('provider', 'text')}
        {text('campaign', 'text')}
        {text('from', 'date')}
        {text('to', 'date')}
      </Group>
      <Group align="end">
        <NativeSelect
          label={TEXT.order}
          data={optionsOf(ORDER_NAMES)}
          value={form.order}
          onChange={({ currentTarget }) => onChange({ order: currentTarget.value as MigrationOrder })}
        />
        <LimitInput
          label={TEXT.maxCalls}
          value={form.maxCalls}
          onChange={(maxCalls) => onChange({ maxCalls })}
        />
        <LimitInput
          label="Copies at once"
          max={100}
          value={form.concurrency}
          onChange={(concurrency) => onChange({ concurrency })}
        />
        <LimitInput
          label="Copies a minute"
          value={form.requestsPerMinute}
          onChange={(requestsPerMinute) => onChange({ requestsPerMinute })}
        />
        <FilterMenu
          label={TEXT.onlyErrors}
          names={FAILURE_NAMES}
          chosen={form.onlyErrors}
          onChange={setErrors}
        />
        <Switch
          label={TEXT.verify}
          checked={form.verifies}
          onChange={({ currentTarget }) => onChange({ verifies: currentTarget.checked })}
        />
      </Group>
      <FilterChips
        chips={wordChips(TEXT.onlyErrors, FAILURE_NAMES, form.onlyErrors, setErrors)}
        onClear={() => setErrors([])}
      />
    </Stack>
  );
}
