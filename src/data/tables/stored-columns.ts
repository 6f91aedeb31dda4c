/** @file Columns as files of models keep them. */
import type { Units } from '../kinds/set-kind.ts';
import { readTransform } from '../transforms/index.ts';
import type { Column } from './column.ts';
import { rowCoder } from './row-coder.ts';

/** Whether what a file says of the columns of a table is sound and has as many coordinates as its samples. */
export function areColumns(transform: unknown, { shape }: Units): boolean {
  const { columns } = (transform ?? {}) as { readonly columns?: unknown };
  if (!Array.isArray(columns) || columns.length === 0 || !columns.every(isColumn)) return false;
  return rowCoder(columns).size === shape[0];
}

function isColumn(value: unknown): value is Column {
  const column = (value ?? {}) as Partial<Record<string, unknown>>;
  if (typeof column['name'] !== 'string' || typeof column['missing'] !== 'boolean') return false;
  const { type, categories, shares, transform } = column;
  if (type === 'category')
    return (
      Array.isArray(categories) &&
      categories.every((own) => typeof own === 'string') &&
      Array.isArray(shares) &&
      shares.length === categories.length &&
      shares.every((share) => Number.isFinite(share))
    );
  const stored = (transform ?? {}) as { readonly name?: unknown; readonly parts?: unknown };
  return (
    (type === 'number' || type === 'date') &&
    typeof stored.name === 'string' &&
    typeof stored.parts === 'object' &&
    stored.parts !== null &&
    readTransform(stored as never) !== undefined
  );
}
