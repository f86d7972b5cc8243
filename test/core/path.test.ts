import { describe, expect, it } from 'vitest';
import { checkName, isStepPath, itemPath, join, lastName, loopPath, parentOf, START_PATH, undoPath } from '../../src/core/path.js';

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

describe('itemPath and loopPath', () => {
  it.each<[string | number, string]>([
    [3, 'Ports[3]'],
    ['ge-0/0/1', 'Ports[ge-0%2F0%2F1]'],
    ['a[0]#1 %', 'Ports[a%5B0%5D%231%20%25]'],
    ['Größe', 'Ports[Gr%C3%B6%C3%9Fe]'],
    ['', 'Ports[]'],
  ])('put the key %j into a path that can be taken apart again', (key, path) => {
    expect(itemPath('Ports', key)).toBe(path);
    expect(parentOf(join(path, 'Enable'))).toBe(path);
    expect(parentOf(path)).toBe('Ports');
    expect(decodeURIComponent(path.slice('Ports['.length, -1))).toBe(String(key));
  });

  it('count loops as they are given', () => {
    expect(loopPath('Deploy/Probe link', 3)).toBe('Deploy/Probe link#3');
  });
});

describe('parentOf', () => {
  it.each([
    ['A', ''],
    ['Deploy/eu/Push', 'Deploy/eu'],
    ['Deploy/eu', 'Deploy'],
    ['Ports[3]', 'Ports'],
    ['Ports[3]/Enable', 'Ports[3]'],
    ['Deploy/Ports[a%2Fb]', 'Deploy/Ports'],
    ['Probe#3', 'Probe'],
    ['Probe#3/Ping', 'Probe#3'],
    ['Probe#3/Ping#if', 'Probe#3'],
    ['A#if', ''],
    ['A#focus#if', ''],
    ['Deploy/Push#lock', 'Deploy'],
    ['Deploy/Push#rule', 'Deploy'],
    ['Ports#items', ''],
    ['Ports[3]/Enable#undo', 'Ports[3]'],
    ['#start', ''],
    ['#edit-1', ''],
  ])('of %s is %j', (path, parent) => {
    expect(parentOf(path)).toBe(parent);
  });
});

describe('isStepPath', () => {
  it.each<[string, boolean]>([
    ['A', true],
    ['Probe#3/Ping', true],
    ['Ports[3]/Enable', true],
    ['A#if', false],
    ['Deploy/Push#lock', false],
    [START_PATH, false],
    [undoPath('Deploy/Push'), false],
  ])('of %s is %s', (path, is) => {
    expect(isStepPath(path)).toBe(is);
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
