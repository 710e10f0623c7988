import { Text } from '@mantine/core';
import { Page } from '../ui/page.js';

export function MissingPage() {
  return (
    <Page title="Nothing here">
      <Text>There is no such page, or it is not for your role.</Text>
    </Page>
  );
}
