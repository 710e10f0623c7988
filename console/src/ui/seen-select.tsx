import { NativeSelect } from '@mantine/core';

interface Props {
  readonly label: string;
  /** What no choice is called. */
  readonly any: string;
  /** Names by id. */
  readonly seen: ReadonlyMap<string, string>;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

/** One of those that were seen, or any. What is chosen is always among them: an address may name one that was not seen. */
export function SeenSelect({ label, any, seen, value = '', onChange }: Props) {
  const offered = value === '' || seen.has(value) ? seen : new Map([...seen, [value, value]]);
  return (
    <NativeSelect
      aria-label={label}
      value={value}
      data={[{ value: '', label: any }, ...[...offered].map(([id, name]) => ({ value: id, label: name }))]}
      onChange={({ currentTarget }) => onChange(currentTarget.value || undefined)}
    />
  );
}
