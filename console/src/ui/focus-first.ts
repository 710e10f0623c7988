/** As a ref: takes the focus when it appears, where somebody asked for it a moment ago. */
export const focusFirst = (element: HTMLElement | null): void => element?.focus();
