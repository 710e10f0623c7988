import type { ReactElement, ReactNode } from 'react';
import { Text, View } from 'react-native';
import { useTheme } from './theme.js';

/** A row of a list: what it tells, and what can be done. */
export function Row({
  children,
  actions,
}: {
  readonly children: ReactNode;
  readonly actions?: ReactNode;
}): ReactElement {
  const theme = useTheme();
  return (
    <View
      role="listitem"
      style={{
        flexDirection: 'row',
        flexWrap: 'wrap',
        alignItems: 'center',
        gap: 12,
        padding: 12,
        borderBottomWidth: 1,
        borderColor: theme.line,
      }}
    >
      <View style={{ flexGrow: 1, flexShrink: 1, flexBasis: 180, gap: 2 }}>{children}</View>
      <View style={{ flexDirection: 'row', flexWrap: 'wrap', gap: 8 }}>{actions}</View>
    </View>
  );
}

export function Title({ text }: { readonly text: string }): ReactElement {
  const theme = useTheme();
  return <Text style={{ color: theme.text, fontWeight: '600' }}>{text}</Text>;
}

/** A line that a row may have. */
export function Note({
  text,
  isBad = false,
  isLive = false,
}: {
  readonly text: string | undefined;
  readonly isBad?: boolean;
  /** It changes while it is looked at, and screen readers say so. */
  readonly isLive?: boolean;
}): ReactNode {
  const theme = useTheme();
  if (text === undefined || text === '') return null;
  return (
    <Text style={{ color: isBad ? theme.danger : theme.muted }} aria-live={isLive ? 'polite' : 'off'}>
      {text}
    </Text>
  );
}

/** Facts in one line; those that are not known are left out. */
export const joined = (facts: readonly (string | null | undefined)[]): string =>
  facts.filter((fact) => fact != null && fact !== '').join(' · ');
