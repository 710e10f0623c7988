import { Button, Menu } from '@mantine/core';

interface Props<Word extends string> {
  readonly label: string;
  readonly names: Readonly<Record<Word, string>>;
  readonly chosen: readonly Word[] | undefined;
  readonly onChange: (chosen: Word[] | undefined) => void;
}

const NOTHING: readonly never[] = [];

/** Any number of words of one kind. */
export function FilterMenu<Word extends string>({ label, names, chosen = NOTHING, onChange }: Props<Word>) {
  const toggle = (word: Word): void => {
    const next = chosen.includes(word) ? chosen.filter((other) => other !== word) : [...chosen, word];
    onChange(next.length > 0 ? next : undefined);
  };
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button variant="default" rightSection="▾">
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
        {(Object.keys(names) as Word[]).map((word) => (
          <Menu.CheckboxItem key={word} checked={chosen.includes(word)} onChange={() => toggle(word)}>
            {names[word]}
          </Menu.CheckboxItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
