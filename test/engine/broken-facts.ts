import type { StepRecord } from '../../src/core/journal.js';
import type { StoredFact } from '../../src/ports/process-store.js';

/** What is wrong with the facts about a process: something is missing, doubled, or out of order. */
export function brokenFacts(facts: readonly StoredFact[], records: readonly StepRecord[]): readonly string[] {
  const broken: string[] = [];
  const last = new Map<string, string>();
  const attempts = new Map<string, number>();
  let status = '';
  facts.forEach(({ type, path = '', data }, index) => {
    const say = (what: string) => broken.push(`fact ${index + 1}, ${type} ${path}: ${what}`);
    const { outcome = '', attempt = 0, status: next = '' } = (data ?? {}) as { outcome?: string; attempt?: number; status?: string };
    const before = last.get(path) ?? '';
    if ((type === 'process_created') !== (index === 0)) say('a process is created first, and once');
    if (type === 'process_status') {
      if (next === status) say(`it is ${next} twice`);
      status = next;
    }
    if (type === 'step_started') {
      if (!['', 'started', 'cleared'].includes(before)) say(`it starts after ${before}`);
      if (attempt !== (attempts.get(path) ?? 0) + 1) say(`attempt ${attempt} follows ${attempts.get(path) ?? 0}`);
      attempts.set(path, attempt);
      last.set(path, 'started');
    }
    if (type === 'step_ended') {
      if (!['started', ...(outcome === 'suspended' || outcome === 'failed' ? ['', 'cleared'] : [])].includes(before))
        say(`it ends as ${outcome} after ${before || 'nothing'}`);
      last.set(path, outcome);
    }
    if (type === 'step_cleared') {
      if (!['waiting', 'failed', 'cancelled'].includes(before)) say(`it is cleared after ${before}`);
      last.set(path, 'cleared');
    }
    if (type === 'callback_answered') {
      if (!['started', 'awaiting_callback'].includes(before)) say(`it is called back after ${before}`);
      if (before === 'awaiting_callback') last.set(path, 'success');
    }
    if (type === 'step_answered') {
      if (before !== 'suspended') say(`it is answered after ${before}`);
      last.set(path, 'success');
    }
  });
  for (const { path, outcome, decision } of records) {
    const told = last.get(path);
    const fits = outcome ? told === outcome.kind : told === 'started' || told === 'cleared';
    if (path !== '#start' && decision === undefined && !fits) broken.push(`${path} is ${outcome?.kind}, and the facts say ${told}`);
  }
  return broken;
}
