import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { isObject, type Json, type JsonObject } from '../../../core/json.js';
import { type CliIo, usage } from '../io.js';
import { locateJsonError } from './locate-json-error.js';

/** How much of the text is shown on each side of a fault. */
const AROUND = 20;

/**
 * Reads an option's JSON: the text itself, `@file`, or `-` for standard input.
 * @throws StepwrightError `usage` where the file is missing, or the text is no JSON, with the place and the text around it
 */
export async function readJson(given: string, option: string, io: Pick<CliIo, 'cwd' | 'stdin'>): Promise<Json> {
  const source = given === '-' ? 'standard input' : given.startsWith('@') ? given.slice(1) : undefined;
  const content =
    source === undefined ? given : given === '-' ? await text(io.stdin) : await readText(resolve(io.cwd, source), source, option);
  try {
    return JSON.parse(content.replace(/^\uFEFF/, '')) as Json;
  } catch (error) {
    throw usage(`${option}${source === undefined ? '' : ` (${source})`} is no JSON: ${describeFault(content)}`, error);
  }
}

/**
 * Reads the answers of a form: an object is short for one page.
 * @throws StepwrightError `usage` as `readJson`, and for anything but an object or a list of objects
 */
export async function readAnswers(given: string, option: string, io: Pick<CliIo, 'cwd' | 'stdin'>): Promise<Json> {
  return checkAnswers(await readJson(given, option, io), option);
}

/**
 * Reads an object, such as keys of the state with their values.
 * @throws StepwrightError `usage` as `readJson`, and for anything but an object
 */
export async function readObject(given: string, option: string, io: Pick<CliIo, 'cwd' | 'stdin'>): Promise<JsonObject> {
  const value = await readJson(given, option, io);
  if (isObject(value)) return value as JsonObject;
  throw usage(`${option} is ${kindOf(value)}; write an object of keys of the state with their values, such as '{"speed": 1000}'.`);
}

/**
 * Reads the answers of several forms, by their path or id.
 * @throws StepwrightError `usage` as `readAnswers`
 */
export async function readFormAnswers(given: string, option: string, io: Pick<CliIo, 'cwd' | 'stdin'>): Promise<JsonObject> {
  const forms = await readJson(given, option, io);
  if (!isObject(forms))
    throw usage(`${option} is ${kindOf(forms)}; write an object with the answers of each form, such as '{"Confirm": {"approved": true}}'.`);
  for (const [form, answers] of Object.entries(forms)) checkAnswers(answers as Json, `${option}, form "${form}",`);
  return forms as JsonObject;
}

function checkAnswers(answers: Json, what: string): Json {
  const wrong = Array.isArray(answers) ? answers.find((page: Json) => !isObject(page)) : isObject(answers) ? undefined : answers;
  if (wrong === undefined) return answers;
  const where = Array.isArray(answers) ? 'has a page that is' : 'is';
  throw usage(
    `${what} ${where} ${kindOf(wrong)}; write one object per page, such as '[{"name": "x"}, {"port": 1}]', or one object for one page.`,
  );
}

async function readText(path: string, shown: string, option: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const missing = (error as { code?: unknown }).code === 'ENOENT';
    throw usage(
      `${option} names the file ${shown}, which ${missing ? 'is not there' : `can't be read: ${(error as Error).message}`}.`,
      error,
    );
  }
}

function describeFault(content: string): string {
  if (content.trim() === '') return 'there is nothing in it.';
  const fault = locateJsonError(content);
  if (!fault) return 'it is nested too deep.';
  const { offset, expected } = fault;
  const before = content.slice(Math.max(0, offset - AROUND), offset);
  const after = content.slice(offset, offset + AROUND);
  const found = offset >= content.length ? 'it ends' : `it has ${JSON.stringify(content[offset])}`;
  const hint =
    expected === 'a name in double quotes'
      ? ` Put names in double quotes, and in a shell the whole in single quotes: '{"name": "x"}'.`
      : '';
  return `${found} at ${place(content, offset)}, where ${expected} should stand: ${JSON.stringify(`${before}⟨here⟩${after}`)}.${hint}`;
}

function place(content: string, offset: number): string {
  const lines = content.slice(0, offset).split('\n');
  const column = (lines.at(-1)?.length ?? 0) + 1;
  return content.includes('\n') ? `line ${lines.length}, column ${column}` : `position ${column}`;
}

function kindOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
