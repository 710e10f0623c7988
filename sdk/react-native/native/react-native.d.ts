/**
 * As much of React Native as the components here use, so that the SDK is compiled without it. An app brings the real
 * one (0.76 or newer), or react-native-web.
 */
declare module 'react-native' {
  import type { ComponentType, ReactElement, ReactNode } from 'react';

  interface Style {
    readonly [property: string]: unknown;
  }
  type StyleProp = Style | readonly (Style | undefined | false)[] | undefined;

  interface Accessible {
    readonly accessible?: boolean;
    readonly role?: string | undefined;
    readonly 'aria-label'?: string | undefined;
    readonly 'aria-level'?: number;
    readonly 'aria-live'?: 'polite' | 'assertive' | 'off';
    readonly 'aria-busy'?: boolean;
    readonly 'aria-valuemin'?: number;
    readonly 'aria-valuemax'?: number | undefined;
    readonly 'aria-valuenow'?: number;
    readonly 'aria-valuetext'?: string;
    readonly 'aria-disabled'?: boolean;
    readonly 'aria-checked'?: boolean;
    readonly testID?: string;
    readonly tabIndex?: 0 | -1;
    readonly style?: StyleProp;
    readonly children?: ReactNode;
  }

  interface LayoutEvent {
    readonly nativeEvent: { readonly layout: { readonly width: number } };
  }
  interface TouchEvent {
    readonly nativeEvent: { readonly locationX: number };
  }
  interface ActionEvent {
    readonly nativeEvent: { readonly actionName: string };
  }
  interface KeyEvent {
    readonly nativeEvent: { readonly key: string };
    preventDefault(): void;
  }

  export const View: ComponentType<
    Accessible & {
      readonly onLayout?: (event: LayoutEvent) => void;
      readonly onStartShouldSetResponder?: () => boolean;
      readonly onResponderGrant?: (event: TouchEvent) => void;
      readonly onResponderMove?: (event: TouchEvent) => void;
      readonly onResponderRelease?: (event: TouchEvent) => void;
      readonly onResponderTerminate?: () => void;
      readonly accessibilityActions?: readonly { readonly name: string; readonly label?: string }[];
      readonly onAccessibilityAction?: (event: ActionEvent) => void;
      /** Of browsers, and of phones with a keyboard. */
      readonly onKeyDown?: (event: KeyEvent) => void;
    }
  >;
  export const Text: ComponentType<Accessible & { readonly numberOfLines?: number }>;
  export const Pressable: ComponentType<
    Accessible & { readonly onPress?: () => void; readonly disabled?: boolean }
  >;
  export const TextInput: ComponentType<
    Accessible & {
      readonly value: string;
      readonly onChangeText: (text: string) => void;
      readonly maxLength?: number;
      readonly multiline?: boolean;
    }
  >;
  export const ScrollView: ComponentType<Accessible & { readonly contentContainerStyle?: StyleProp }>;
  export const Switch: ComponentType<
    Accessible & {
      readonly value: boolean;
      readonly onValueChange: (value: boolean) => void;
      readonly trackColor?: { readonly true: string; readonly false: string };
    }
  >;

  interface FlatListProps<TItem> extends Accessible {
    readonly data: readonly TItem[];
    readonly renderItem: (row: { readonly item: TItem }) => ReactElement | null;
    readonly keyExtractor: (item: TItem) => string;
    readonly refreshing?: boolean;
    readonly onRefresh?: () => void;
    readonly onEndReached?: () => void;
    readonly onEndReachedThreshold?: number;
    readonly extraData?: unknown;
    readonly ListEmptyComponent?: ReactElement | null;
  }
  export function FlatList<TItem>(props: FlatListProps<TItem>): ReactElement;

  export const Platform: { readonly OS: string };
}
