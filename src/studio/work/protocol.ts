/** @file Calls to a worker that take time: each has steps, a result, notes that it receives while it runs, and an end at any time. */
/** What the jobs of a worker are asked, report and give. */
export interface JobType {
  readonly ask: unknown;
  readonly step: unknown;
  readonly result: unknown;
  /** What a running job may be sent. */
  readonly note: unknown;
}
/** The jobs of a worker by their names. */
export type Jobs = Readonly<Record<string, JobType>>;

/** What the page sends. */
export type Request =
  | { readonly kind: 'start'; readonly id: number; readonly name: string; readonly ask: unknown }
  | { readonly kind: 'note'; readonly id: number; readonly note: unknown }
  | { readonly kind: 'stop'; readonly id: number };
/** What the worker sends. */
export type Answer =
  | { readonly kind: 'step'; readonly id: number; readonly step: unknown }
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }
  | { readonly kind: 'stopped'; readonly id: number };

/** The notes that a job has received: read when it has time, or waited for. */
export interface Inbox<N> {
  /** The notes since the last call, in their order. */
  take(): readonly N[];
  /** Resolves when there is a note, or the job is to stop. */
  readonly arrival: () => Promise<void>;
}

/** A job in its worker. It yields undefined where it has nothing to report, so that it can be stopped there. */
export type Handler<J extends JobType> = (
  ask: J['ask'],
  inbox: Inbox<J['note']>,
) => AsyncGenerator<J['step'] | undefined, J['result']>;
