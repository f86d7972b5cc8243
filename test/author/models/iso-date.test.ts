import { describe, expect, it } from 'vitest';
import { isoDate } from '../../../src/author/models/iso-date.js';

describe('isoDate', () => {
  it.each(['2026-01-01T00:00:00.001Z', '1969-12-31T23:59:59.999Z', '0001-01-01T00:00:00.000Z'])(
    'keeps the moment %s as that text',
    (text) => {
      expect(isoDate.to(new Date(text))).toBe(text);
      expect(isoDate.from(text)).toEqual(new Date(text));
    },
  );

  it.each([null, undefined])('leaves %s as it is', (value) => {
    expect(isoDate.to(value)).toBe(value);
    expect(isoDate.from(value)).toBe(value);
  });

  it('refuses a date that is none', () => {
    expect(() => isoDate.to(new Date('soon'))).toThrow(RangeError);
  });
});
