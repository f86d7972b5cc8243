import { describe, expect, it } from 'vitest';
import { checkName, join, lastName, START_PATH } from '../../src/core/path.js';

describe('join', () => {
  it.each([
    ['', 'Deploy', 'Deploy'],
    ['Deploy', 'Push config', 'Deploy/Push config'],
    ['Deploy/eu', 'Push', 'Deploy/eu/Push'],
  ])('puts into %j the name %j', (at, name, path) => {
    expect(join(at, name)).toBe(path);
  });
});

describe('lastName', () => {
  it.each([
    ['Deploy/eu/Push config', 'Push config'],
    ['Push', 'Push'],
    ['', ''],
  ])('finds in %j the name %j', (path, name) => {
    expect(lastName(path)).toBe(name);
  });
});

describe('checkName', () => {
  it.each(['Reserve VLAN', 'a', 'Größe prüfen', '部署', 'Party 🎉', 'v1.2 (beta), "quoted"', ' padded '])('takes %j', (name) => {
    expect(() => checkName(name, 'A step')).not.toThrow();
  });

  it.each<[unknown]>([[''], ['  '], [undefined], [null], [7]])('refuses %j as no name', (name) => {
    expect(() => checkName(name as string, 'A step')).toThrow(
      expect.objectContaining({ code: 'definition', message: "A step has no name; give it one, such as 'Reserve VLAN'." }),
    );
  });

  it.each([
    ['a/b', '"/"'],
    ['a[0]', '"["'],
    ['0]', '"]"'],
    ['a#2', '"#"'],
    ['a@2', '"@"'],
    ['a\nb', '"\\n"'],
    ['a\u0000', '"\\u0000"'],
    ['a\ud83d', '"\\ud83d"'],
    ['\ude00a', '"\\ude00"'],
  ])('refuses %j, for it could not stand in a path', (name, shown) => {
    expect(() => checkName(name, 'A step')).toThrow(
      expect.objectContaining({
        code: 'definition',
        message: `A step "${name}" contains ${shown}; names stand in paths, so leave / [ ] # @, control characters and halves of surrogate pairs out.`,
      }),
    );
  });

  it('refuses the name of the place where the start is recorded', () => {
    expect(() => checkName(START_PATH, 'A step')).toThrow();
  });
});
