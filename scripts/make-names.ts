/** @file Writes docs/names.md, everything that has a name with its options: `npx tsx scripts/make-names.ts`. */
import { resolve } from 'node:path';
import { catalogTables, describedText } from '../src/catalog/describe.ts';
import { extractors } from '../src/catalog/extractors/index.ts';
import { metrics } from '../src/catalog/metrics/index.ts';
import { writeAtomic } from '../src/io/atomic.ts';

/** The page of all names. */
export const namesPage = `# Names

Everything that has a name, with its options. The configuration of a run (\`--config\`, \`--set\`) chooses by \`kind\`, such as
\`--set sde.kind=edm --set sde.sigmaMax=40\`; \`scorefield samplers\` and \`scorefield restore --list\` list two of the kinds.
\`npx tsx scripts/make-names.ts\` writes this page.

${catalogTables()}

## Extractors of features

${extractors.map(describedText).join('\n\n')}

## Metrics of samples

${metrics.map(describedText).join('\n\n')}
`;

if (process.argv[1] === import.meta.filename) writeAtomic(resolve(import.meta.dirname, '../docs/names.md'), namesPage);
