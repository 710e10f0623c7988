import { Anchor } from '@mantine/core';
import { createLink } from '@tanstack/react-router';

/** A link of the console in the text's own look. */
export const TextLink = createLink(Anchor);
