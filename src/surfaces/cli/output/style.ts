import colors from 'picocolors';

/** Colours for a text, or none at all. */
export type Style = Pick<ReturnType<typeof colors.createColors>, 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'cyan'>;

/** Colours where they are wanted, else texts as they are. */
export function styleFor(color: boolean): Style {
  return colors.createColors(color);
}
