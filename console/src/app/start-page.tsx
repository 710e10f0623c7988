import { Navigate } from '@tanstack/react-router';
import { placesOf } from './navigation.js';
import { useViewer } from './session.js';
import { MissingPage } from './missing-page.js';

/** The first place of the viewer's role. */
export function StartPage() {
  const [first] = placesOf(useViewer().role);
  return first ? <Navigate to={first.to} replace /> : <MissingPage />;
}
