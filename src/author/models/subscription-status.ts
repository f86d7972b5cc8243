/** Where a subscription stands in its life. */
export type SubscriptionStatus =
  /** It is ordered; nothing of it exists yet. */
  | 'initial'
  /** It is being built, or built anew. */
  | 'provisioning'
  /** It is in service. */
  | 'active'
  /** It is being moved to another product or platform. */
  | 'migrating'
  /** It is out of service for the time being. */
  | 'disabled'
  /** It is gone for good. */
  | 'terminated';

const MOVES: Readonly<Record<SubscriptionStatus, readonly SubscriptionStatus[]>> = {
  initial: ['provisioning', 'active', 'terminated'],
  provisioning: ['active', 'disabled', 'terminated'],
  active: ['provisioning', 'migrating', 'disabled', 'terminated'],
  migrating: ['active', 'disabled', 'terminated'],
  disabled: ['provisioning', 'active', 'migrating', 'terminated'],
  terminated: [],
};

export const SUBSCRIPTION_STATUSES = Object.keys(MOVES) as readonly SubscriptionStatus[];

/** The statuses that can follow this one; none after `terminated`. */
export function nextStatuses(status: SubscriptionStatus): readonly SubscriptionStatus[] {
  return MOVES[status];
}
