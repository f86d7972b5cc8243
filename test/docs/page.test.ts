import { describe, expect, it } from 'vitest';
import { readPage } from './page.js';

const block = (info: string, text = 'x') => `\`\`\`${info}\n${text}\n\`\`\`\n`;

describe('readPage', () => {
  it('gathers files, tests and commands with their output', () => {
    const page = readPage(
      'a.md',
      `# A\n${block('json file=in/a.json', '{}')}${block('ts test')}${block('sh run exit=3', 'ls')}so:\n${block('text')}`,
    );
    expect(page).toEqual({
      name: 'a.md',
      files: [{ path: 'in/a.json', text: '{}\n' }],
      tests: [{ text: 'x\n', line: 6 }],
      runs: [{ commands: 'ls\n', exitCode: 3, output: 'x\n', line: 9 }],
    });
  });

  it('leaves out what is not to be run', () => {
    const page = readPage('a.md', `${block('sh norun') + block('mermaid') + block('')}\`\`\`\`md\n\`\`\`ts\n\`\`\`\n\`\`\`\`\n`);
    expect([...page.files, ...page.tests, ...page.runs]).toEqual([]);
  });

  it.each(['ts', 'typescript', 'ts tset', 'ts test file=a.ts', 'sh', 'bash', 'sh run exit=x', 'sh run quickly', 'text'])(
    'refuses a block marked "%s"',
    (info) => {
      expect(() => readPage('a.md', `\n${block(info)}`)).toThrow(`a.md:3: the block is marked "${info}"`);
    },
  );

  it('refuses an output that stands behind another block', () => {
    expect(() => readPage('a.md', block('sh run') + block('json file=a.json') + block('text'))).toThrow('a.md:8');
  });

  it('refuses a file that is shown twice', () => {
    expect(() => readPage('a.md', block('ts file=a.ts') + block('ts file=a.ts'))).toThrow('a.ts twice');
  });

  it('refuses a block that is never closed', () => {
    expect(() => readPage('a.md', '```ts test\nx')).toThrow('line 2 is never closed');
  });
});
