import { Button, useTheme } from '@earshot/sdk/react-native';
import { useState } from 'react';
import { Text, TextInput, View } from 'react-native';
import { Screen } from '../screen';
import { openSession, type Session, type SignIn } from '../session';

/** A phone reaches the computer's server by the computer's address; the emulator of Android by 10.0.2.2. */
const DEMO: SignIn = {
  server: process.env.EXPO_PUBLIC_EARSHOT_URL ?? 'http://localhost:4000',
  email: 'telecaller@example.com',
  password: 'earshot-demo',
};

const FIELDS = [
  ['server', 'Server'],
  ['email', 'Email'],
  ['password', 'Password'],
] as const;

export function SignInScreen({ onSession }: { onSession: (session: Session) => void }) {
  const theme = useTheme();
  const [form, setForm] = useState(DEMO);
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const signIn = async () => {
    setBusy(true);
    setProblem('');
    try {
      onSession(await openSession(form));
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };
  return (
    <Screen title="Sign in">
      <View style={{ padding: 12, gap: 12 }}>
        {FIELDS.map(([name, label]) => (
          <View key={name} style={{ gap: 4 }}>
            <Text style={{ color: theme.text }}>{label}</Text>
            <TextInput
              aria-label={label}
              value={form[name]}
              secureTextEntry={name === 'password'}
              autoCapitalize="none"
              autoCorrect={false}
              onChangeText={(text) => setForm({ ...form, [name]: text })}
              style={{
                minHeight: 44,
                padding: 8,
                borderWidth: 1,
                borderRadius: 8,
                borderColor: theme.line,
                color: theme.text,
              }}
            />
          </View>
        ))}
        <Button title="Sign in" disabled={isBusy} onPress={() => void signIn()} />
        {problem !== '' && <Text style={{ color: theme.danger }}>{problem}</Text>}
      </View>
    </Screen>
  );
}
