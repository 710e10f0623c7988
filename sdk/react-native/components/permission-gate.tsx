import { useEffect, type ReactNode } from 'react';
import { Text, View } from 'react-native';
import { useSnapshot } from '../../react/hooks/index.js';
import { useWords, type PermissionWords } from '../../react/words/index.js';
import type { MicrophonePermission, PermissionPhase } from '../permissions/microphone-permission.js';
import { Button } from './button.js';
import { useTheme } from './theme.js';

export interface PermissionGateProps {
  /** Made once by the app: `new MicrophonePermission(nativePermission({ audio, Linking, AppState }))`. */
  readonly permission: MicrophonePermission;
  /** What needs the microphone: shown as soon as it is allowed. */
  readonly children?: ReactNode;
}

/** While the system asks, the reason stays to be read behind its question. */
const PASSAGES: Readonly<Record<PermissionPhase, keyof PermissionWords | undefined>> = {
  checking: undefined,
  granted: undefined,
  rationale: 'rationale',
  asking: 'rationale',
  denied: 'denied',
  blocked: 'blocked',
  failed: 'failed',
};

/**
 * Says why the microphone is needed, asks for it, and leads to the settings where only those help. Looks again
 * whenever the app is active again.
 */
export function PermissionGate({ permission, children }: PermissionGateProps): ReactNode {
  const phase = useSnapshot(permission);
  const theme = useTheme();
  const words = useWords();
  useEffect(() => permission.start(), [permission]);

  if (phase === 'granted') return children;
  const passage = PASSAGES[phase];
  const box = { padding: 24, gap: 12, alignItems: 'center', backgroundColor: theme.surface };
  if (passage === undefined) {
    return (
      <View style={box} aria-live="polite">
        <Text style={{ color: theme.muted }}>{words.loading}</Text>
      </View>
    );
  }
  const { title, text, action } = words.permission[passage];
  return (
    <View style={box} aria-live="polite">
      <Text role="heading" aria-level={2} style={{ color: theme.text, fontWeight: '600', fontSize: 18 }}>
        {title}
      </Text>
      <Text style={{ color: theme.text, textAlign: 'center' }}>{text}</Text>
      <Button
        title={action}
        disabled={phase === 'asking'}
        onPress={() => void (phase === 'blocked' ? permission.openSettings() : permission.ask())}
      />
    </View>
  );
}
