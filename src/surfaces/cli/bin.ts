#!/usr/bin/env node
import { runCli } from './program.js';

const { stdout, stderr } = process;

// A reader that goes away, such as `head`, is no fault.
stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const code = await runCli(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  stdin: process.stdin,
  stdout,
  stderr,
  onSignal(listener) {
    process.on('SIGINT', listener);
    process.on('SIGTERM', listener);
    return () => {
      process.off('SIGINT', listener);
      process.off('SIGTERM', listener);
    };
  },
  exit: (exitCode) => process.exit(exitCode),
});

// A workflow file may hold connections and timers of its own, which would keep the program alive.
stdout.write('', () => stderr.write('', () => process.exit(code)));
