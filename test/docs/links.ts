import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readFences } from './fences.js';

/** The links of a page that lead nowhere: to a file that is not there, or to a heading that its page does not have. */
export function brokenLinks(name: string): readonly string[] {
  const links = [...withoutCode(name).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    if (/^https?:/.test(link)) return false;
    const [path, heading] = link.split('#');
    const target = path ? join(dirname(name), path) : name;
    return !existsSync(target) || (heading !== undefined && !anchorsOf(target).includes(heading));
  });
}

/** What links can name in a page: its headings in lower case, with dashes for spaces and nothing for other marks. */
function anchorsOf(name: string): readonly string[] {
  const headings = [...withoutCode(name).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading.toLowerCase());
  return headings.map((heading) => heading.replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'));
}

function withoutCode(name: string): string {
  const markdown = readFileSync(name, 'utf8');
  return readFences(markdown).reduce((rest, { text }) => (text === '' ? rest : rest.replace(text, () => '')), markdown);
}
