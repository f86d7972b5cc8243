export { matchers, type StepwrightMatchers } from './matchers.js';
export { MemoryHost } from './memory-host.js';
export { MemoryModelStore } from './memory-model-store.js';
export { MemoryProcessStore } from './memory-process-store.js';
export { SeededRandom } from './seeded-random.js';
export { SilentLogger } from './silent-logger.js';
export { TestRun } from './test-run.js';
export { type TestOptions, testWorkflow, type WorkflowTest } from './test-workflow.js';
export { VirtualClock } from './virtual-clock.js';
