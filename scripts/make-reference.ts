/** @file Writes the reference pages of the documentation site into `docs/api`: every public name, from its TSDoc, and every command, from its help. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Application, Comment, Converter, ReflectionKind, type ProjectReflection, type Reflection } from 'typedoc';
import { entries } from '../docs/.vitepress/sidebar.ts';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'docs/api');

/** A page for each entry of the package. */
async function writeApi(): Promise<void> {
  // Options of typedoc-plugin-markdown are not in typedoc's types.
  const options = {
    plugin: ['typedoc-plugin-markdown'],
    name: 'scorefield',
    // A name that several entries export is described where it comes first: by its part of the library, not by the root.
    entryPoints: [...entries.slice(1), entries[0]].map((entry) => join(root, `src/${entry}.ts`)),
    tsconfig: join(root, 'tsconfig.build.json'),
    outputs: [{ name: 'markdown', path: folder }],
    outputFileStrategy: 'modules',
    flattenOutputFiles: true,
    entryFileName: 'modules',
    readme: 'none',
    disableSources: true,
    hideBreadcrumbs: true,
    hidePageHeader: true,
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    typeAliasPropertiesFormat: 'table',
    typeDeclarationFormat: 'table',
    tableColumnSettings: { hideModifiers: true, hideInherited: true, hideOverrides: true, leftAlignHeaders: true },
    useCodeBlocks: true,
    logLevel: 'Warn' as const,
    blockTags: ['@file', '@param', '@returns', '@throws', '@example', '@see', '@remarks', '@typeParam'],
    validation: { notExported: false, invalidLink: true, rewrittenLink: true, unusedMergeModuleWith: true },
    treatWarningsAsErrors: true,
    pageTitleTemplates: {
      module: ({ name }: { readonly name: string }) => (name === 'index' ? 'scorefield' : `scorefield/${name}`),
    },
  };
  const app = await Application.bootstrapWithPlugins(options as Parameters<typeof Application.bootstrapWithPlugins>[0]);
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    // `@param options.rows` names the parameter that is taken apart where it is declared.
    for (const reflection of unnamed(project)) {
      const dotted = reflection.parent?.comment?.getTags('@param').find(({ name }) => name?.includes('.'));
      reflection.name = dotted?.name?.split('.')[0] ?? reflection.name;
    }
    for (const reflection of project.getReflectionsByKind(ReflectionKind.Module)) summarize(reflection);
  });
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
    for (const reflection of unnamed(project)) reflection.name = 'options';
  });
  const project = await app.convert();
  if (project === undefined) throw new Error('typedoc found errors in src/');
  app.validate(project);
  await app.generateOutputs(project);
  if (app.logger.hasErrors() || app.logger.hasWarnings())
    throw new Error('typedoc has warnings, which are errors here');
}

/** Parameters that are taken apart where they are declared, for which typedoc has no name. */
function unnamed(project: ProjectReflection): readonly Reflection[] {
  return project.getReflectionsByKind(ReflectionKind.Parameter).filter(({ name }) => name === '__namedParameters');
}

/** What the `@file` comment of an entry says becomes the first paragraph of its page. */
function summarize(reflection: Reflection): void {
  const [, about] =
    /^\/\*\* @file ([^]*?) ?\*\//.exec(readFileSync(join(root, `src/${reflection.name}.ts`), 'utf8')) ?? [];
  if (about !== undefined) reflection.comment = new Comment([{ kind: 'text', text: about }]);
}

/** One page with the help of all commands. */
async function writeCommands(): Promise<void> {
  const loader = pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href;
  const run = promisify(execFile);
  const help = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run(process.execPath, ['--import', loader, 'src/cli/main.ts', ...args, '--help'], {
      cwd: root,
      env: { ...process.env, COLUMNS: '100' },
    });
    return stdout.trimEnd();
  };
  const all = await help();
  const names = [...all.replace(/^[^]*Commands:/, '').matchAll(/^ {2}([a-z][\w-]*)/gm)].flatMap(([, name = '']) =>
    name === 'help' ? [] : [name],
  );
  const parts: string[] = [];
  for (const name of names) parts.push(`## ${name}\n\n\`\`\`text\n${await help(name)}\n\`\`\`\n`);
  const intro =
    '# Commands\n\nWhat `scorefield COMMAND --help` prints. [Command line](../command-line.md) is the way in.\n';
  writeFileSync(join(folder, 'commands.md'), [intro, ...parts].join('\n'));
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
await writeApi();
await writeCommands();
