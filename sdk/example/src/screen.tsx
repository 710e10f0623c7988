import { Button, useTheme } from '@earshot/sdk/react-native';
import type { ReactNode } from 'react';
import { Text, View } from 'react-native';

interface ScreenProps {
  readonly title: string;
  readonly onBack?: () => void;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A title, the way back, and what can be done. */
export function Screen({ title, onBack, actions, children }: ScreenProps) {
  const theme = useTheme();
  return (
    <View style={{ flex: 1, backgroundColor: theme.surface }}>
      <View style={{ flexDirection: 'row', alignItems: 'center', gap: 12, padding: 12 }}>
        {onBack && <Button isQuiet title="‹" label="Back" onPress={onBack} />}
        <Text role="heading" style={{ flex: 1, fontSize: 20, fontWeight: '600', color: theme.text }}>
          {title}
        </Text>
        {actions}
      </View>
      {children}
    </View>
  );
}
