/** The loader's side of `@oxc-node/core`, which has no types of its own: importing it makes TypeScript importable. */
declare module '@oxc-node/core/register';
