import { isObject, type Json } from '../../../core/json.js';
import type { Changes } from '../../../core/state.js';

const LONGEST = 40;

/** What a step changed, in one line: `circuitId = "c-1", ports = [3 items], hint unset`. */
export function shortChanges({ set, unset }: Changes): string {
  return [...Object.entries(set).map(([key, value]) => `${key} = ${shortValue(value)}`), ...unset.map((key) => `${key} unset`)].join(', ');
}

function shortValue(value: Json): string {
  if (Array.isArray(value)) {
    const text = JSON.stringify(value);
    return text.length <= LONGEST ? text : `[${value.length} items]`;
  }
  if (isObject(value)) {
    if (typeof value.$model === 'string') return `${value.$model} ${String(value.id).slice(0, 8)}`;
    const text = JSON.stringify(value);
    return text.length <= LONGEST ? text : `{${Object.keys(value).length} keys}`;
  }
  if (typeof value === 'string' && value.length > LONGEST) return JSON.stringify(`${value.slice(0, LONGEST)}…`);
  return JSON.stringify(value);
}
