import { CANCELLED, type Prompts } from '../../../src/surfaces/cli/input/prompts.js';

/** What a person does at one question: a text, yes or no, labels of choices, or goes away. */
export type Reaction = string | boolean | readonly string[] | typeof CANCELLED;

/** A person at a terminal, who reacts to one question after another as was laid down. */
export class ScriptedPrompts implements Prompts {
  /** Everything that was said and asked. */
  readonly heard: string[] = [];
  readonly #reactions: Reaction[];

  constructor(...reactions: readonly Reaction[]) {
    this.#reactions = [...reactions];
  }

  title(text: string): void {
    this.heard.push(`# ${text}`);
  }

  error(text: string): void {
    this.heard.push(`! ${text}`);
  }

  async text({ message, initial, placeholder, validate }: Parameters<Prompts['text']>[0]) {
    const marks = [initial === undefined ? '' : ` = ${initial}`, placeholder === undefined ? '' : ` e.g. ${placeholder}`];
    for (;;) {
      const reaction = this.#next(`${message}${marks.join('')}`);
      if (reaction === CANCELLED) return CANCELLED;
      const wrong = validate(String(reaction));
      if (wrong === undefined) return String(reaction);
      this.heard.push(`! ${wrong}`);
    }
  }

  async confirm({ message, initial }: Parameters<Prompts['confirm']>[0]) {
    const reaction = this.#next(`${message} = ${initial}`);
    return reaction === CANCELLED ? CANCELLED : reaction === true;
  }

  async select({ message, choices, initial }: Parameters<Prompts['select']>[0]) {
    const labels = choices.map(({ label }) => label);
    const reaction = this.#next(`${message}: ${labels.join(' | ')}${initial === undefined ? '' : ` = ${labels[initial]}`}`);
    return reaction === CANCELLED ? CANCELLED : labels.indexOf(String(reaction));
  }

  async multiselect({ message, choices, initial, required }: Parameters<Prompts['multiselect']>[0]) {
    const labels = choices.map(({ label }) => label);
    const reaction = this.#next(
      `${message}${required ? ' (at least one)' : ''}: ${labels.join(' | ')} = ${initial.map((place) => labels[place]).join('+')}`,
    );
    return reaction === CANCELLED ? CANCELLED : (reaction as readonly string[]).map((label) => labels.indexOf(label));
  }

  #next(question: string): Reaction {
    this.heard.push(`? ${question}`);
    const reaction = this.#reactions.shift();
    if (reaction === undefined) throw new Error(`nothing was laid down for: ${this.heard.join('\n')}`);
    return reaction;
  }
}
