/** Of @earshot/sdk; every request names it. */
export const SDK_VERSION = '0.1.0';
