import type { ReactNode } from 'react';
import { Text, View } from 'react-native';
import type { Recording } from '../../core/index.js';
import { useWords } from '../../react/words/index.js';
import { useTheme } from './theme.js';

/** What the server noticed in a recording: silent, short, a duplicate. */
export function Flags({ of }: { readonly of: Pick<Recording, 'flags'> | null }): ReactNode {
  const theme = useTheme();
  const { cati } = useWords();
  if (!of || of.flags.length === 0) return null;
  return (
    <View style={{ flexDirection: 'row', flexWrap: 'wrap', gap: 6 }}>
      {of.flags.map((flag) => (
        <Text
          key={flag}
          style={{
            color: theme.danger,
            borderWidth: 1,
            borderColor: theme.danger,
            borderRadius: 8,
            paddingHorizontal: 6,
          }}
        >
          {cati.flag[flag]}
        </Text>
      ))}
    </View>
  );
}
