import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { StepwrightError } from '../../core/error.js';
import { type PageClass, recordedFields } from './field.js';
import { fieldsOf, hasRules, isDate, isNested, newPage, type PageField } from './page.js';

/**
 * Refuses a page class that no answer could fill in, or whose JSON Schema could not say what it takes; its nested pages too.
 * @throws StepwrightError `definition` saying what to write instead
 */
export function checkPage(page: PageClass, checked: Set<PageClass> = new Set()): void {
  if (typeof page !== 'function' || typeof page.prototype !== 'object') {
    throw new StepwrightError('definition', `ask() takes a page class, not ${String(page)}; write: const answer = yield* ask(OrderForm).`);
  }
  if (checked.has(page)) return;
  checked.add(page);
  if (!hasRules(page)) {
    throw new StepwrightError(
      'definition',
      `Form page ${page.name} has no field with a class-validator decorator, so every answer's fields would be unknown. ` +
        'Add decorators to its fields, such as @IsString(), @IsInt(), or @Allow() where anything goes.',
    );
  }
  const initial = newPage(page);
  const fields = fieldsOf(page);
  for (const name of [...Object.keys(initial), ...Object.keys(recordedFields(page))]) {
    if (!fields.has(name)) throw wrongField(page, name, 'has no class-validator decorator, so no answer could fill it', 'add one');
  }
  for (const field of fields.values()) {
    checkField(page, field);
    if (field.page) checkPage(field.page, checked);
  }
}

function checkField(page: PageClass, field: PageField): void {
  const fault = unsupported(page, field) ?? (field.transformed ? undefined : untyped(field));
  if (fault) throw wrongField(page, field.name, ...fault);
}

type Fault = readonly [what: string, advice: string];

/** What class-transformer can do and a form can't, since its JSON Schema must say what an answer looks like. */
function unsupported(page: PageClass, { name, declared }: PageField): Fault | undefined {
  if (defaultMetadataStorage.findExposeMetadata(page, name)?.options.name !== undefined) {
    return ['gets another name from @Expose()', 'give the field itself that name'];
  }
  if (defaultMetadataStorage.findExcludeMetadata(page, name)) return ['is taken out by @Exclude()', 'leave the field out of the page'];
  const type = defaultMetadataStorage.findTypeMetadata(page, name);
  if (type?.options?.discriminator || (type?.typeFunction.length ?? 0) > 0) {
    return ['has a type that depends on the answer', 'ask for the kind on one page, and for its details on the next'];
  }
  if (declared === Map || declared === Set) return [`is a ${declared.name}`, 'use a list of items'];
  return undefined;
}

/** A value whose type only TypeScript knows would stay plain JSON, and its insides unchecked. */
function untyped(field: PageField): Fault | undefined {
  const { page, declared } = field;
  if (isDate(field) && field.converts !== Date) return ['is a date that no answer could give', 'add @Type(() => Date)'];
  if (page && !isNested(field)) return [`holds ${page.name} without checking it`, nestedAdvice(field)];
  if (!page && isNested(field)) return ['is nested, and nothing says of which class', `add @Type(() => ${nestedName(field)})`];
  if (!page && declared && declared !== Array && hasRules(declared)) {
    return [`holds ${declared.name} without checking it`, `add @ValidateNested() and @Type(() => ${declared.name})`];
  }
  return undefined;
}

function nestedAdvice(field: PageField): string {
  return field.list ? 'add @ValidateNested({ each: true })' : 'add @ValidateNested()';
}

function nestedName({ declared }: PageField): string {
  return declared && declared !== Array && declared !== Object ? declared.name : 'ItsClass';
}

function wrongField(page: PageClass, name: string, what: string, advice: string): StepwrightError {
  return new StepwrightError('definition', `Field "${name}" of form page ${page.name} ${what}; ${advice}.`);
}
