/** @file What a standard set is, where it is looked for, and what to take of it. */

/** A file of which the content is known. */
export interface KnownFile {
  readonly name: string;
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

/** The part of a standard set: for learning, or for measuring. */
export type Split = 'train' | 'test';

/** A set of gray images in four gzipped IDX files. */
export interface StandardSet {
  readonly name: string;
  readonly description: string;
  /** Side of the images, in pixels. */
  readonly size: number;
  /** Addresses that the name of a file is appended to, tried in order. */
  readonly mirrors: readonly string[];
  readonly files: Readonly<Record<Split, { readonly images: KnownFile; readonly labels: KnownFile }>>;
  readonly classNames: readonly string[];
  /** How else to get the set. */
  readonly hint?: string;
}

/** Which part of a set, where it is looked for, and from where it is fetched. */
export interface StandardOptions extends Places {
  readonly split?: Split | undefined;
  /** In place of the official mirrors. */
  readonly mirrors?: readonly string[] | undefined;
}

/** Folders that may contain standard sets. */
export interface Places {
  /** Searched first: it, and its subfolder with the name of the set. */
  readonly folder?: string | undefined;
  /** Where downloads are kept; by default the environment's SCOREFIELD_CACHE, else ~/.cache/scorefield. */
  readonly cache?: string | undefined;
  /** Where the system's packages put data sets; by default /usr/share/datasets. */
  readonly system?: string | undefined;
}
