import { NavLink } from '@mantine/core';
import { Link, useRouterState } from '@tanstack/react-router';
import { placesOf } from './navigation.js';
import { useViewer } from './session.js';

export function Navigation() {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  return placesOf(useViewer().role).map(({ to, label }) => {
    const isHere = path.startsWith(to);
    return (
      <NavLink
        key={to}
        component={Link}
        to={to}
        label={label}
        active={isHere}
        aria-current={isHere ? 'page' : undefined}
      />
    );
  });
}
