import { Center, Loader, VisuallyHidden } from '@mantine/core';

export function Loading() {
  return (
    <Center p="xl" role="status">
      <Loader />
      <VisuallyHidden>Loading</VisuallyHidden>
    </Center>
  );
}
