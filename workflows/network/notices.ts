import { type Answer, type Call, type Run, refuse, refuseStrayFields } from './answer.js';

/** `POST /notices`: puts a text on the operators' board. */
export function postNotice(_run: Run, call: Call): Answer {
  const stray = refuseStrayFields(call.body, ['text']);
  if (stray) return stray;
  const { text } = call.body;
  if (typeof text !== 'string' || text.trim() === '') return refuse(422, 'invalid', 'Give "text", which says something.');
  return { status: 201, body: { text } };
}
