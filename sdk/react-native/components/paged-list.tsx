import type { ReactElement } from 'react';
import { FlatList, Platform, Text, View } from 'react-native';
import type { Pages } from '../../react/hooks/index.js';
import { useWords } from '../../react/words/index.js';
import { Button } from './button.js';
import { ListState } from './list-state.js';
import { useTheme } from './theme.js';

/** Browsers know no pulling, and lists in a page of any height no end. */
const HAS_BUTTONS = Platform.OS === 'web';

export interface PagedListProps<TItem extends { readonly id: string }> {
  readonly pages: Pages<TItem>;
  readonly label: string;
  /** What to say where there are none. */
  readonly empty: string;
  readonly renderRow: (item: TItem) => ReactElement;
}

/** A list that is read page by page as it is scrolled, and afresh when it is pulled down. */
export function PagedList<TItem extends { readonly id: string }>({
  pages,
  label,
  empty,
  renderRow,
}: PagedListProps<TItem>): ReactElement {
  const theme = useTheme();
  const words = useWords();
  const { items, isLoading, hasMore, error } = pages;
  const hasRows = items.length > 0;
  return (
    <View
      role="group"
      aria-label={label}
      aria-busy={isLoading}
      style={{ flex: 1, backgroundColor: theme.surface }}
    >
      {HAS_BUTTONS && (
        <View style={{ alignItems: 'flex-end', padding: 8 }}>
          <Button isQuiet title={words.refresh} onPress={pages.refresh} />
        </View>
      )}
      <FlatList
        style={{ flex: 1 }}
        role={hasRows ? 'list' : undefined}
        aria-label={hasRows ? label : undefined}
        data={items}
        extraData={renderRow}
        keyExtractor={({ id }) => id}
        renderItem={({ item }) => renderRow(item)}
        refreshing={isLoading && hasRows}
        onRefresh={pages.refresh}
        onEndReached={pages.loadMore}
        onEndReachedThreshold={0.5}
        ListEmptyComponent={<ListState pages={pages} empty={empty} />}
      />
      {hasRows && error !== undefined && (
        <View style={{ padding: 12, gap: 8, alignItems: 'center' }} aria-live="polite">
          <Text style={{ color: theme.danger }}>{words.failedToLoad}</Text>
          <Button isQuiet title={words.retry} onPress={hasMore ? pages.loadMore : pages.refresh} />
        </View>
      )}
      {HAS_BUTTONS && hasMore && error === undefined && (
        <View style={{ padding: 8, alignItems: 'center' }}>
          <Button isQuiet title={words.more} disabled={pages.isLoadingMore} onPress={pages.loadMore} />
        </View>
      )}
    </View>
  );
}
