/**
 * @file Switches off the telemetry of ONNX Runtime, whose builds for Linux and macOS would keep a device identifier and a queue of
 * events in the home folder and send them to its maker. To be imported before `onnxruntime-node`.
 */
import { isMainThread } from 'node:worker_threads';
import { UnsupportedError } from '../base/errors.ts';

const variable = 'ORT_DISABLE_TELEMETRY';

if (isMainThread) switchOffTelemetry();

/**
 * Sets the variable that ONNX Runtime reads when the first session begins, and makes sure that native code sees it.
 * @throws UnsupportedError in a worker thread, if the main thread has neither loaded scorefield nor set the variable.
 */
export function switchOffTelemetry(): void {
  process.env[variable] = '1';
  // `process.env` is the environment of the process in the main thread, and in a worker a copy unless it was started with SHARE_ENV.
  if (isMainThread) return;
  if (environmentOfProcess()[variable] === '1') return;
  throw new UnsupportedError(
    `expected ${variable}=1 in the environment, which a worker thread cannot set: without it ONNX Runtime sends telemetry; ` +
      `import 'scorefield/node' in the main thread, or set process.env.${variable} = '1' there, before this thread needs it`,
  );
}

/** The environment that native code reads, which Node shows to every thread in reports alone. */
function environmentOfProcess(): Readonly<Record<string, string>> {
  const report = process.report as typeof process.report & { excludeNetwork?: boolean };
  const { excludeNetwork = false } = report;
  // A report looks up the names of all peers otherwise.
  report.excludeNetwork = true;
  const { environmentVariables = {} } = report.getReport() as { environmentVariables?: Record<string, string> };
  report.excludeNetwork = excludeNetwork;
  return environmentVariables;
}
