import type { IncomingMessage } from 'node:http';
import { type Answer, type Call, type JsonObject, refuse } from './answer.js';
import { decode, type Match } from './routes.js';

const MOST_BYTES = 1024 * 1024;

/** Reads what a route takes of a request, or says why it can't be taken. */
export async function readCall(request: IncomingMessage, { route, params }: Match): Promise<Call | { readonly refusal: Answer }> {
  if (!route.takes) return { params, key: '', body: {} };
  const text = await readText(request);
  if (text === undefined) return { refusal: refuse(413, 'too_large', `The body is larger than ${MOST_BYTES} bytes.`) };
  const body = parseObject(text);
  if (!body) return { refusal: refuse(400, 'bad_json', 'The body is not a JSON object.') };
  if (route.takes !== 'order') return { params, key: '', body };
  const key = keyOf(request);
  if (!key) return { refusal: refuse(400, 'no_key', 'Send an Idempotency-Key header, percent-encoded, that names this request.') };
  return { params, key, body };
}

/** Keys are percent-encoded, since a header carries no more than Latin-1; a plain ASCII word stands for itself. */
function keyOf(request: IncomingMessage): string | undefined {
  const header = request.headers['idempotency-key'];
  return typeof header === 'string' ? decode(header) : undefined;
}

/** The body, or nothing when it is too large. A large one is read to its end all the same: a client that still sends hears no answer. */
async function readText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MOST_BYTES) chunks.push(chunk);
    else chunks.length = 0;
  }
  return size <= MOST_BYTES ? Buffer.concat(chunks).toString('utf8') : undefined;
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}
