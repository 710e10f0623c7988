import { NumberInput } from '@mantine/core';

interface Props {
  readonly label: string;
  readonly value: number | undefined;
  readonly onChange: (value: number | undefined) => void;
  readonly min?: number;
  readonly max?: number;
}

/** A whole number, or none: no limit, or the server's own. */
export function LimitInput({ label, value, onChange, min = 1, max = 2 ** 31 - 1 }: Props) {
  return (
    <NumberInput
      label={label}
      w={150}
      min={min}
      max={max}
      allowDecimal={false}
      hideControls
      value={value ?? ''}
      onChange={(next) => onChange(typeof next === 'number' ? next : undefined)}
    />
  );
}
