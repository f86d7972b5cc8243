import { matchers, type StepwrightMatchers } from 'stepwright/testing';
import { expect } from 'vitest';

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: vitest declares it so
  interface Matchers<T = any> extends StepwrightMatchers<T> {}
}

expect.extend(matchers);
