import type { FieldChoice } from './page-fields.js';

/** A person did not answer, but went away. */
export const CANCELLED: unique symbol = Symbol('cancelled');

/** One question. */
export interface Question {
  readonly message: string;
  readonly signal: AbortSignal;
}

/** How a person is asked, one question after another; each resolves to `CANCELLED` when the person goes away. */
export interface Prompts {
  /** Stands above the questions that follow. */
  title(text: string): void;
  /** Says what was wrong with the answers before. */
  error(text: string): void;
  text(
    question: Question & {
      readonly initial?: string;
      readonly placeholder?: string;
      /** What is wrong with the text, if anything. */
      readonly validate: (text: string) => string | undefined;
    },
  ): Promise<string | typeof CANCELLED>;
  confirm(question: Question & { readonly initial: boolean }): Promise<boolean | typeof CANCELLED>;
  /** @returns the place of the choice in the list */
  select(
    question: Question & { readonly choices: readonly Pick<FieldChoice, 'label'>[]; readonly initial?: number },
  ): Promise<number | typeof CANCELLED>;
  /** @returns the places of the choices in the list */
  multiselect(
    question: Question & {
      readonly choices: readonly Pick<FieldChoice, 'label'>[];
      readonly initial: readonly number[];
      readonly required: boolean;
    },
  ): Promise<readonly number[] | typeof CANCELLED>;
}
