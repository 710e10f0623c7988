import { Button, Group } from '@mantine/core';

export interface Chip {
  readonly key: string;
  readonly label: string;
  readonly onRemove: () => void;
}

interface Props {
  readonly chips: readonly Chip[];
  readonly onClear: () => void;
}

/** The filters that hold, each taken away by a click, or all at once. */
export function FilterChips({ chips, onClear }: Props) {
  if (chips.length === 0) return null;
  return (
    <Group gap="xs" role="group" aria-label="Active filters">
      {chips.map(({ key, label, onRemove }) => (
        <Button
          key={key}
          size="compact-sm"
          variant="light"
          radius="xl"
          rightSection={<span aria-hidden>×</span>}
          aria-label={`Remove the filter ${label}`}
          onClick={onRemove}
        >
          {label}
        </Button>
      ))}
      <Button size="compact-sm" variant="subtle" onClick={onClear}>
        Clear all
      </Button>
    </Group>
  );
}

/** One chip for each chosen word. */
export function wordChips<Word extends string>(
  kind: string,
  names: Readonly<Record<Word, string>>,
  chosen: readonly Word[] | undefined,
  onChange: (chosen: Word[] | undefined) => void,
): Chip[] {
  return (chosen ?? []).map((word) => ({
    key: `${kind}:${word}`,
    label: `${kind}: ${names[word]}`,
    onRemove: () => {
      const rest = (chosen ?? []).filter((other) => other !== word);
      onChange(rest.length > 0 ? rest : undefined);
    },
  }));
}

/** A chip for a filter of one value, or none. */
export function valueChip(kind: string, value: string | undefined, onRemove: () => void): Chip[] {
  return value === undefined ? [] : [{ key: kind, label: `${kind}: ${value}`, onRemove }];
}
