import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { queryClient } from './query-client.js';
import { router } from './router.js';
import { useSession } from './session.js';
import { SignInPage } from './sign-in-page.js';
import { cssVariables, theme } from './theme.js';

/** Whoever is not signed in signs in where they are: the address stays, and so does what it leads to. */
export function App() {
  const { session } = useSession();
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <Notifications position="bottom-right" />
      <QueryClientProvider client={queryClient}>
        {session ? <RouterProvider router={router} /> : <SignInPage />}
      </QueryClientProvider>
    </MantineProvider>
  );
}
