import { defineConfig } from 'vitest/config';

// Code that imports `stepwright` gets src, as package.json's "exports" say.
const conditions = ['stepwright-source', 'module', 'node', 'development|production'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 10_000,
    hookTimeout: 10_000,
    coverage: {
      provider: 'v8',
      include: ['src/core/**', 'src/author/**', 'src/engine/**'],
      reporter: ['text', 'html'],
      thresholds: {
        'src/core/**': { lines: 95 },
        'src/author/**': { lines: 95 },
        'src/engine/**': { lines: 95 },
      },
    },
  },
});
