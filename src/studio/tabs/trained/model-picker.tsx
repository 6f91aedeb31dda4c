/** @file The choice of a model, and what its pictures are conditioned on: a class, or words. */
import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { ownModel } from '../../state/own.ts';
import { change, state } from '../../state/state.ts';
import { facts, listed, type ListedModel } from './models.ts';
import { Choice } from '../../parts/controls.tsx';
import { takeFile } from '../../parts/files.ts';

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const described = ({ name, shape: [channels, height, width], bytes }: ListedModel): string =>
  `${name}: ${channels === 1 ? 'gray' : 'color'}, ${width} × ${height}, ${megabytes(bytes)}`;

/** The model. */
export function ModelPicker(): JSX.Element {
  const { model } = state.value;
  const names = useComputed(() => [
    ...listed.value.map((own) => ({ name: own.name, text: described(own) })),
    ...(ownModel.value === undefined ? [] : [{ name: 'own', text: ownModel.value.name }]),
  ]);
  const known = names.value.some(({ name }) => name === model);
  return (
    <div class="control model">
      <label class="label" for="model">
        Model
      </label>
      <div class="actions">
        <select
          id="model"
          value={model}
          onChange={({ currentTarget: { value } }) => {
            const colored = listed.value.find(({ name }) => name === value)?.shape[0] === 3;
            change({ model: value, mask: '', given: '', picture: colored ? 'emoji-144' : 'draw-1' });
          }}
        >
          {!known && <option value={model}>{model}</option>}
          {names.value.map(({ name, text }) => (
            <option key={name} value={name}>
              {text}
            </option>
          ))}
        </select>
        <label class="button">
          Open .safetensors
          <input
            type="file"
            accept=".safetensors"
            onChange={({ currentTarget }) => {
              const [file] = currentTarget.files ?? [];
              if (file !== undefined) void takeFile(file);
            }}
          />
        </label>
      </div>
    </div>
  );
}

/** The class or the words, where the model has them. */
export function WishPicker(): JSX.Element {
  const id = useId();
  const { given, guide } = state.value;
  const { value: own } = facts;
  if (own === undefined || (own.classes.length === 0 && !own.reads)) return <></>;
  return (
    <div class="row">
      <div class="control wish">
        <label class="label" for={id}>
          {own.reads ? 'Words' : 'Class'}
        </label>
        {own.reads ? (
          <>
            <input
              id={id}
              type="text"
              value={given}
              maxLength={80}
              placeholder="none: any picture"
              list={`${id}-words`}
              autocomplete="off"
              onChange={({ currentTarget: { value } }) => {
                change({ given: value.replaceAll(/[^\p{L}\p{N} ,.'/-]/gu, '') });
              }}
            />
            <datalist id={`${id}-words`}>
              {own.words.map((word) => (
                <option key={word} value={word} />
              ))}
            </datalist>
          </>
        ) : (
          <select
            id={id}
            value={given}
            onChange={({ currentTarget: { value } }) => {
              change({ given: value });
            }}
          >
            <option value="">any class</option>
            {own.classes.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        )}
      </div>
      {given !== '' && (
        <Choice
          label="Guidance"
          value={guide}
          options={([1, 1.5, 2, 3] as const).map((value) => ({ value, text: String(value) }))}
          onChange={(value) => {
            change({ guide: value });
          }}
        />
      )}
    </div>
  );
}
