import type { ReactNode } from 'react';
import { Pressable, Text } from 'react-native';
import { useTheme } from './theme.js';

export interface ButtonProps {
  readonly title: string;
  /** What a screen reader says in the place of the title. */
  readonly label?: string | undefined;
  readonly onPress: () => void;
  readonly disabled?: boolean | undefined;
  readonly isQuiet?: boolean | undefined;
}

/** As large as a finger needs: 44 points. */
export function Button({ title, label, onPress, disabled = false, isQuiet = false }: ButtonProps): ReactNode {
  const theme = useTheme();
  return (
    <Pressable
      role="button"
      aria-label={label ?? title}
      aria-disabled={disabled}
      disabled={disabled}
      onPress={onPress}
      style={{
        minWidth: 44,
        minHeight: 44,
        paddingHorizontal: 12,
        alignItems: 'center',
        justifyContent: 'center',
        borderRadius: 8,
        borderWidth: 1,
        borderColor: isQuiet ? theme.line : theme.accent,
        backgroundColor: isQuiet ? theme.surface : theme.accent,
      }}
    >
      <Text style={{ color: isQuiet ? theme.text : theme.onAccent, fontWeight: '600' }}>{title}</Text>
    </Pressable>
  );
}
