import { Card, Text } from '@mantine/core';

export function Empty({ text }: { readonly text: string }) {
  return (
    <Card withBorder role="status">
      <Text c="dimmed" ta="center" py="lg">
        {text}
      </Text>
    </Card>
  );
}
