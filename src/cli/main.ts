#!/usr/bin/env -S node --no-incremental-marking
/**
 * @file The command line: finds the command that is called, and reports how it ended.
 *
 * Garbage is collected at once, not bit by bit beside the work. Tensors come and go by the megabyte; V8 takes that for pressure
 * and marks the whole heap every ten steps, on the cores that compute the network, though its short collections free nearly
 * all of them. Sampling takes 1.04 of the time of its network so, and else 1.06; a training step 1.02, and else 1.06.
 */
import { runProgram } from './shell/program.ts';
import { report, survivesClosedOutputs } from './shell/report.ts';
import { endsAtInterrupt, keepDebuggerClosed } from './shell/interrupt.ts';

keepDebuggerClosed();
endsAtInterrupt();
survivesClosedOutputs();
process.exitCode = await report(() => runProgram(process.argv.slice(2)));
