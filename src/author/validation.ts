import type { ValidationError } from 'class-validator';

/** A broken rule and where: `points[1].vlan`, or empty for the whole value. */
export interface BrokenRule {
  readonly field: string;
  readonly message: string;
}

/**
 * class-validator's tree of errors as a list, one entry per broken rule.
 * @param messagesOf what to say of one place @default class-validator's own messages
 */
export function flattenErrors(
  errors: readonly ValidationError[],
  messagesOf: (error: ValidationError) => readonly string[] = ownMessages,
  at = '',
): BrokenRule[] {
  return errors.flatMap((error) => {
    const field = placeOf(error, at);
    return [...messagesOf(error).map((message) => ({ field, message })), ...flattenErrors(error.children ?? [], messagesOf, field)];
  });
}

function ownMessages({ constraints }: ValidationError): readonly string[] {
  return Object.values(constraints ?? {});
}

function placeOf({ target, property }: ValidationError, at: string): string {
  if (property === undefined) return at;
  if (Array.isArray(target)) return `${at}[${property}]`;
  return at === '' ? property : `${at}.${property}`;
}
