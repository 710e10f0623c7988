import { Outlet } from '@tanstack/react-router';
import { MissingPage } from './missing-page.js';
import { mayGoTo, type Place as PlaceOfMenu } from './navigation.js';
import { useViewer } from './session.js';

/** What lies at a place of the menu and below, for the roles that have it. */
export function Place({ to }: Pick<PlaceOfMenu, 'to'>) {
  const { role } = useViewer();
  return mayGoTo(role, to) ? <Outlet /> : <MissingPage />;
}
