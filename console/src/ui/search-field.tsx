import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';

interface Props {
  readonly label: string;
  readonly value: string | undefined;
  readonly onSearch: (value: string | undefined) => void;
}

/** Searches once the typing rests, and at once on Enter. */
export function SearchField({ label, value = '', onSearch }: Props) {
  const [typed, setTyped] = useState(value);
  const [last, setLast] = useState(value);
  if (value !== last) {
    setLast(value);
    setTyped(value);
  }
  const search = (text: string): void => onSearch(text.trim() === '' ? undefined : text.trim());
  const searchSoon = useDebouncedCallback(search, 300);
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      value={typed}
      flex={1}
      miw={200}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        searchSoon(currentTarget.value);
      }}
      onKeyDown={({ key }) => {
        if (key === 'Enter') search(typed);
      }}
    />
  );
}
