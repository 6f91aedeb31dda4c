/** @file Where the members of a training that come and go meet: named contents that all of them can read and write, such as the files of a folder. */

/** A place of named contents; names have parts with `/` between them. A content is there whole or not at all. */
export interface Store {
  /** What it is called in messages. */
  readonly name: string;
  /** Milliseconds between two looks, where something is waited for: at first, and at most. */
  readonly looks: { readonly first: number; readonly most: number };
  /** The content of a name; undefined where there is none. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Gives a name a content, whatever it had. */
  write(name: string, content: Uint8Array | string): Promise<void>;
  /** Gives a name a content unless it has one; of several members that try at once, one gets `true`. */
  create(name: string, content: string): Promise<boolean>;
  /** Gives a name another content if it has the one that is said; of several members that try at once, one gets `true`. */
  replace(name: string, before: Uint8Array, content: string): Promise<boolean>;
  /** The last parts of the names below another one, which is the store itself where it is empty: of contents, and of what is above further names. */
  list(above: string): Promise<readonly string[]>;
  /** Takes the content of a name away, if it has one. */
  remove(name: string): Promise<void>;
  /** Takes all contents below a name away. */
  clear(above: string): Promise<void>;
}

/** The text of a content. */
export function textOf(content: Uint8Array): string {
  return new TextDecoder().decode(content);
}
