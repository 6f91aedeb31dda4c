/** @file What `restore --list` prints. */
import { table, type Terminal } from './terminal.ts';

/** Prints every task and every method. */
export async function listMethods(out: Terminal, json: boolean): Promise<void> {
  const { inverseList, taskList } = await import('../work.ts');
  out.result({ tasks: taskList, methods: inverseList });
  if (json) return;
  const needs = { linear: '', svd: 'singular values', vjp: 'derivatives of the score' } as const;
  const methods = inverseList.map(({ name, description, citation, needs: own, takes, heedsNoise: heeds, anyNoise }) => {
    const what = own.map((need) => needs[need]).filter((word) => word !== '');
    const notes = [
      ...(what.length > 0 ? [`needs ${what.join(' and ')}`] : []),
      ...(heeds ? [] : ['does not ask for the noise']),
      ...(anyNoise ? ['takes counts'] : []),
      ...(takes.length > 0 ? [`--set ${takes.join(', ')}`] : []),
    ];
    return [name, `${description} (${citation})\n${' '.repeat(19)}${notes.join('; ')}`] as const;
  });
  const tasks = taskList.map(({ name, description, takes }) => {
    const own = Object.entries(takes)
      .map(([option, value]) => `--${option} (${String(value)})`)
      .join(', ');
    return [name, `${description}${own === '' ? '' : `; ${own}`}`] as const;
  });
  out.line(`Tasks (--task):\n${table(Object.fromEntries(tasks))}\n`);
  out.line(
    `Methods (--method; ddrm, or diffpir where it lacks singular values, unless another is asked for):\n${table(Object.fromEntries(methods))}`,
  );
}
