import type { ReactNode } from 'react';
import { View } from 'react-native';
import { useTheme } from './theme.js';

/** How much of something is done, from 0 to 1. */
export function ProgressBar({ share, label }: { readonly share: number; readonly label: string }): ReactNode {
  const theme = useTheme();
  const percent = Math.round(100 * Math.min(1, Math.max(0, share)));
  return (
    <View
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      style={{ height: 4, borderRadius: 2, backgroundColor: theme.line }}
    >
      <View style={{ height: 4, borderRadius: 2, width: `${percent}%`, backgroundColor: theme.accent }} />
    </View>
  );
}
