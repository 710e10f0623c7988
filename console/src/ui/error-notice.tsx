import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core';
import { EarshotError } from '@earshot/sdk';

interface Props {
  readonly error: Error;
  readonly onRetry?: (() => void) | undefined;
}

/** What went wrong, in the server's own words, with what support needs to find it. */
export function ErrorNotice({ error, onRetry }: Props) {
  const known = error instanceof EarshotError;
  const requestId = known ? error.requestId : undefined;
  return (
    <Alert color="red" role="alert" title={known ? undefined : 'Something went wrong on this page'}>
      <Stack gap="xs">
        <Text size="sm">{error.message}</Text>
        {requestId !== undefined && (
          <Text size="sm">
            Request <Code>{requestId}</Code>
          </Text>
        )}
        {onRetry && (
          <Group>
            <Button size="xs" variant="default" onClick={onRetry}>
              Try again
            </Button>
          </Group>
        )}
      </Stack>
    </Alert>
  );
}
