import type { ReactElement } from 'react';
import { Text, View } from 'react-native';
import type { Pages } from '../../react/hooks/index.js';
import { useWords } from '../../react/words/index.js';
import { Button } from './button.js';
import { useTheme } from './theme.js';

/** What a list shows where it has no rows: that it loads, that it failed, or that there are none. */
export function ListState({
  pages,
  empty,
}: {
  readonly pages: Pages<unknown>;
  readonly empty: string;
}): ReactElement {
  const theme = useTheme();
  const words = useWords();
  const text = { color: theme.muted };
  return (
    <View style={{ padding: 24, gap: 12, alignItems: 'center' }} aria-live="polite">
      {pages.error !== undefined ? (
        <>
          <Text style={{ color: theme.danger }}>{words.failedToLoad}</Text>
          <Button title={words.retry} onPress={pages.refresh} />
        </>
      ) : (
        <Text style={text}>{pages.isLoading ? words.loading : empty}</Text>
      )}
    </View>
  );
}
