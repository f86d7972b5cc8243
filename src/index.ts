export { createDataSource, type DatabaseOptions } from './adapters/typeorm/data-source.js';
export { openService, type Service, type ServiceOptions } from './app.js';
export { type ChooseCase, choose } from './author/compositions/choose.js';
export { conditional } from './author/compositions/conditional.js';
export { focus } from './author/compositions/focus.js';
export { forEach } from './author/compositions/for-each.js';
export { type GraphTask, graph, type TaskOptions } from './author/compositions/graph.js';
export { list, named } from './author/compositions/list.js';
export { type Branches, parallel } from './author/compositions/parallel.js';
export { recover } from './author/compositions/recover.js';
export type { NodeBuilder, Steppable } from './author/compositions/steppable.js';
export { TaskGraph } from './author/compositions/task-graph.js';
export { until } from './author/compositions/until.js';
export { type WithLockOptions, type WorkflowLocks, withLock } from './author/compositions/with-lock.js';
export { defineWorkflow, type WorkflowOptions } from './author/define-workflow.js';
export { ask, type Choice, type FormGenerator, type PageRequest } from './author/forms/ask.js';
export { type FieldOptions, field } from './author/forms/field.js';
export { refuse } from './author/forms/form.js';
export { initialForm } from './author/initial-form.js';
export { isoDate } from './author/models/iso-date.js';
export { SubscriptionModel } from './author/models/subscription-model.js';
export type { SubscriptionStatus } from './author/models/subscription-status.js';
export { fromState, listOf, oneOf, optional } from './author/parameters/hints.js';
export { type CallbackOptions, type CallbackValidation, callbackStep } from './author/steps/callback-step.js';
export { sleep, sleepUntil } from './author/steps/sleep.js';
export { type ChildOptions, startChild, type WorkflowReference } from './author/steps/start-child.js';
export { inputStep, retryStep, type StepOptions, step } from './author/steps/step.js';
export { type UndoOption, undo } from './author/steps/undo.js';
export {
  createWorkflow,
  type LifeOptions,
  type LifeWorkflow,
  modifyWorkflow,
  reconcileWorkflow,
  type TaskWorkflowOptions,
  task,
  terminateWorkflow,
  validateWorkflow,
} from './author/subscription-life.js';
export { workflow, workflowOf } from './author/workflow.js';
export type { Duration } from './core/duration.js';
export { type ErrorCode, type Failure, hasCode, StepwrightError } from './core/error.js';
export type { EventType, ProcessFact } from './core/event.js';
export type { FieldError, FormPage, FormReply } from './core/form.js';
export type { StepRecord } from './core/journal.js';
export type { Json, JsonObject } from './core/json.js';
export type { LockPolicy } from './core/lock.js';
export type { Merge } from './core/nodes/branches.js';
export type { ChooseOptions } from './core/nodes/choose.js';
export type { ForEachOptions, Items } from './core/nodes/for-each.js';
export type { GraphOptions } from './core/nodes/graph/graph.js';
export type { TriggerRule } from './core/nodes/graph/trigger-rule.js';
export type { Node } from './core/nodes/node.js';
export type { ParallelOptions } from './core/nodes/parallel.js';
export type { Predicate } from './core/nodes/predicate.js';
export type { RecoverOptions } from './core/nodes/recover.js';
export type { UntilOptions } from './core/nodes/until.js';
export type { LockKeys } from './core/nodes/with-lock.js';
export { complete, type Outcome, skip } from './core/outcome.js';
export type { ProcessStatus } from './core/process.js';
export type { RetryOptions } from './core/retry-policy.js';
export type { Changes, State } from './core/state.js';
export type { OnFailure, Target, Workflow } from './core/workflow.js';
export type { AnswerOptions, Engine, FactListener } from './engine/engine.js';
export type { EngineOptions } from './engine/heartbeat.js';
export type { ProcessDetails } from './engine/process-details.js';
export type { Started, StartOptions } from './engine/starts.js';
export type { Logger } from './ports/logger.js';
export type { OpenWait, ProcessFilter, ProcessRow } from './ports/process-store.js';
export type { StepContext } from './ports/step-context.js';
