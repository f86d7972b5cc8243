import { confirm, isCancel, log, multiselect, select, text } from '@clack/prompts';
import type { CliIo } from '../io.js';
import { CANCELLED, type Prompts } from './prompts.js';

/** Questions on a terminal. */
export function clackPrompts({ stdin: input, stdout: output }: Pick<CliIo, 'stdin' | 'stdout'>): Prompts {
  const streams = { input, output };
  return {
    title: (message) => log.step(message, { output }),
    error: (message) => log.error(message, { output }),
    async text({ message, signal, initial, placeholder, validate }) {
      const answer = await text({
        ...streams,
        message,
        signal,
        ...(initial === undefined ? {} : { initialValue: initial }),
        ...(placeholder === undefined ? {} : { placeholder }),
        validate: (given) => validate(given ?? ''),
      });
      return isCancel(answer) ? CANCELLED : (answer ?? '');
    },
    async confirm({ message, signal, initial }) {
      const answer = await confirm({ ...streams, message, signal, initialValue: initial });
      return isCancel(answer) ? CANCELLED : answer;
    },
    async select({ message, signal, choices, initial }) {
      const options = choices.map(({ label }, value) => ({ value, label }));
      const answer = await select<number>({
        ...streams,
        message,
        signal,
        options,
        ...(initial === undefined ? {} : { initialValue: initial }),
      });
      return isCancel(answer) ? CANCELLED : answer;
    },
    async multiselect({ message, signal, choices, initial, required }) {
      const options = choices.map(({ label }, value) => ({ value, label }));
      const answer = await multiselect<number>({ ...streams, message, signal, options, initialValues: [...initial], required });
      return isCancel(answer) ? CANCELLED : answer;
    },
  };
}
