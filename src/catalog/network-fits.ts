/** @file Whether a network is one for a task and for samples of a shape. */
import { checkOptions } from '../base/check.ts';
import type { Shape } from '../base/tensor.ts';
import type { Catalog } from './catalog.ts';
import { find, namesOf } from './named.ts';
import type { NetworkRecord } from './networks/network.ts';

/** The networks that can be given classes, for the data and the task of a network. */
export function conditional({ axes, task }: NetworkRecord, { networks }: Catalog): string {
  const same = networks.filter((one) => one.task === task && one.axes.some((n) => axes.includes(n)));
  return namesOf(same.filter(({ options }) => 'classes' in options)).join(' or ');
}

/** @throws ConfigError unless the network learns what the task is. */
export function checkTask(task: string, record: NetworkRecord, { networks, tasks }: Catalog): void {
  const of = find(tasks, task, 'task').networks ?? task;
  const names = namesOf(networks.filter((one) => one.task === of)).join(', ');
  checkOptions([record.task === of, 'kind', `expected ${names} for the task ${task}, got ${record.name}`]);
}

/** @throws ConfigError unless the network takes samples of a shape. */
export function checkData(record: NetworkRecord, shape: Shape, { dataKinds, networks }: Catalog): void {
  const kinds = dataKinds
    .filter((kind) => kind.shapeOk(shape) && [record.task, 'score'].includes(kind.task ?? 'score'))
    .map(({ name }) => name);
  const fits = ({ axes }: NetworkRecord): boolean => axes.includes(shape.length);
  const names = namesOf(networks.filter((one) => one.task === record.task && fits(one)));
  const words =
    names.length === 1 ? `the network ${names.join('')}, got` : `one of the networks ${names.join(', ')}; got`;
  checkOptions(
    [names.length > 0, 'kind', `is for images, got samples [${shape.join(', ')}]; ${record.name} takes no others`],
    [fits(record), 'kind', `${kinds.join(' and ')} need ${words} ${record.name}`],
  );
}
