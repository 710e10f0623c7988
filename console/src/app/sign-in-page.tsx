import { Alert, Button, Card, Center, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, type FormEvent } from 'react';
import { sessions, useSession } from './session.js';
import { ErrorNotice } from '../ui/error-notice.js';

const TEXT = {
  title: 'Sign in to Earshot',
  lead: 'Call recordings, reviews and migrations.',
  email: 'E-mail',
  password: 'Password',
  submit: 'Sign in',
  expired: 'Your session has ended. Sign in to go on where you were.',
  'signed-out': 'You are signed out.',
};

export function SignInPage() {
  const { absence } = useSession();
  const signIn = useMutation({
    mutationFn: (form: FormData) =>
      sessions.signIn({ email: textOf(form, 'email'), password: textOf(form, 'password') }),
  });
  useEffect(() => {
    document.title = 'Sign in · Earshot';
  }, []);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    signIn.mutate(new FormData(event.currentTarget));
  };
  return (
    <Center component="main" mih="100dvh" p="md">
      <Card withBorder shadow="sm" p="xl" w="100%" maw={400}>
        <form onSubmit={submit}>
          <Stack>
            <div>
              <Title order={1} size="h2">
                {TEXT.title}
              </Title>
              <Text c="dimmed">{TEXT.lead}</Text>
            </div>
            {absence !== 'new' && !signIn.error && <Alert role="status">{TEXT[absence]}</Alert>}
            {signIn.error && <ErrorNotice error={signIn.error} />}
            <TextInput label={TEXT.email} name="email" type="email" autoComplete="username" required />
            <PasswordInput
              label={TEXT.password}
              name="password"
              autoComplete="current-password"
              required
              visibilityToggleButtonProps={{ 'aria-label': 'Show the password', tabIndex: 0 }}
            />
            <Button type="submit" loading={signIn.isPending}>
              {TEXT.submit}
            </Button>
          </Stack>
        </form>
      </Card>
    </Center>
  );
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
