/**
 * What happens when another process holds a lock: `wait` in order, `refuse` (the failure `lock_held` names the holder), or `supersede`
 * (the holder is aborted).
 */
export type LockPolicy = 'wait' | 'refuse' | 'supersede';

export const LOCK_POLICIES: readonly LockPolicy[] = ['wait', 'refuse', 'supersede'];
