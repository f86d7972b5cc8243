import { setTimeout } from 'node:timers/promises';

/** Tells whoever awaits it, under this token, that something has ended. */
export type CallBack = (token: string, body: unknown) => unknown;

/** How long to wait before a call is made again that nobody took, in milliseconds. */
const PAUSE = 2_000;

/** Calls back over HTTP, below a URL such as http://127.0.0.1:3000/callbacks, until the call is answered. */
export function httpCallBack(url: string): CallBack {
  return async (token, body) => {
    for (;;) {
      const answer = await fetch(`${url.replace(/\/+$/, '')}/${encodeURIComponent(token)}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }).catch(() => undefined);
      if (answer && answer.status < 500) return;
      await setTimeout(PAUSE, undefined, { ref: false });
    }
  };
}
