import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import { hasCode, StepwrightError } from '../../core/error.js';
import { isObject, type Json } from '../../core/json.js';
import type { Engine } from '../../engine/engine.js';

/** A body that is larger is refused; in bytes. */
const BODY_LIMIT = 1024 * 1024;

/** A request that has not come as a whole by then is refused; in milliseconds. */
const REQUEST_TIMEOUT = 30_000;

/** How calls back are taken. */
export interface CallbackRoutesOptions {
  /** Takes the calls; those that come before it is there wait for it. */
  readonly engine: Pick<Engine, 'answerCallback' | 'callbackProgress'> | Promise<Pick<Engine, 'answerCallback' | 'callbackProgress'>>;
  /** Hears of errors that are no fault of the caller, who is told nothing of them. */
  readonly onError: (error: unknown) => void;
}

/** What a caller is told of a refusal. */
interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly errors?: Json;
}

const NOT_FOUND: Refusal = { status: 404, code: 'not_found', message: 'There is nothing here.' };

/**
 * An HTTP server that takes calls back from other systems, and nothing else: `POST /callbacks/:token` answers the step that awaits one,
 * `POST /callbacks/:token/progress` tells how far the other system is.
 *
 * Whoever has the token may call, once. Nothing is logged of a request, for its URL holds the token, and what is wrong with a body is
 * found before the token is looked at, so that who guesses tokens learns nothing.
 */
export function callbackRoutes({ engine, onError }: CallbackRoutesOptions): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT,
    routerOptions: { maxParamLength: 500 },
    exposeHeadRoutes: false,
    frameworkErrors: (_error, _request, reply) => void refuse(reply, NOT_FOUND),
  });
  app.removeContentTypeParser('text/plain');
  app.setNotFoundHandler((_request, reply) => refuse(reply, NOT_FOUND));
  app.setErrorHandler((error, _request, reply) => refuse(reply, refusalOf(error, onError)));
  app.addHook('onSend', async (_request, reply) => void reply.header('cache-control', 'no-store'));
  app.post<{ Params: { token: string }; Body: Json | undefined }>('/callbacks/:token', async ({ params, body }) => {
    await (await engine).answerCallback(params.token, body ?? null);
    return { accepted: true };
  });
  app.post<{ Params: { token: string }; Body: Json | undefined }>('/callbacks/:token/progress', async ({ params, body }) => {
    await (await engine).callbackProgress(params.token, body ?? null);
    return { accepted: true };
  });
  return app;
}

function refuse(reply: FastifyReply, { status, ...told }: Refusal): FastifyReply {
  if (status === 503) void reply.header('retry-after', '5');
  return reply.code(status).type('application/json').send(JSON.stringify(told));
}

function refusalOf(error: unknown, onError: (error: unknown) => void): Refusal {
  if (hasCode(error, 'unknown_callback')) return { status: 404, code: error.code, message: error.message };
  if (hasCode(error, 'input_refused') || hasCode(error, 'not_json')) return refusedInput(error);
  const status = error instanceof StepwrightError ? undefined : (error as Partial<FastifyError>).statusCode;
  const badRequest = BAD_REQUESTS[status ?? 0];
  if (badRequest) return badRequest;
  onError(error);
  if (isPassing(error)) return { status: 503, code: 'unavailable', message: 'This call can not be taken at present; try again.' };
  return { status: 500, code: 'internal', message: 'This call could not be taken. Nothing was changed.' };
}

const BAD_REQUESTS: Readonly<Record<number, Refusal>> = {
  400: { status: 400, code: 'bad_request', message: 'This is no JSON; send a body of JSON.' },
  413: { status: 413, code: 'too_large', message: `The body is larger than ${BODY_LIMIT} bytes.` },
  415: { status: 415, code: 'unsupported_media_type', message: 'Send JSON, with the header "content-type: application/json".' },
};

/** What the step finds wrong; not where the step is defined. */
function refusedInput({ details }: StepwrightError): Refusal {
  const errors = isObject(details) && Array.isArray(details.errors) ? (details.errors as readonly Json[]) : [];
  return { status: 422, code: 'input_refused', message: 'The step refused this body; another may be sent.', errors };
}

/** Whether the same call may be taken later, here or by another program that has the workflow. */
function isPassing(error: unknown): boolean {
  return hasCode(error, 'unknown_workflow') || (error instanceof StepwrightError && error.retryable);
}
