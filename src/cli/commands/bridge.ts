/** @file `scorefield bridge`: two drifts that carry the samples of two sets to each other. */
import { checkOptions } from '../../base/check.ts';
import { anyOf, shellCommand } from '../../base/words.ts';
import { bridges, firstPairs, lightBridge } from '../../catalog/bridges.ts';
import { namesOf } from '../../catalog/named.ts';
import { defaultEpsilon } from '../../catalog/objectives/bridge-matching.ts';
import { restorations } from '../../catalog/restorations/index.ts';
import { defaultSeed } from '../../catalog/config/train-config.ts';
import { argument, command, flag, option, optionalArgument, repeated } from '../shell/command.ts';
import { damageOptions, noiseOf } from '../shell/damage-options.ts';
import { interruptedExitCode } from '../shell/interrupt.ts';
import { dataOptions, engineOptions, jsonOption } from '../shell/options.ts';
import { batch, count, nameAmong, path, positive, seed } from '../shell/parsers.ts';
import { terminal } from '../shell/terminal.ts';

const names = namesOf(bridges);
const { size, limit, channels, layout } = dataOptions;

export const bridge = command({
  name: 'bridge',
  summary: 'learn to carry the samples of one set to those of another, and back',
  description:
    'Train a Schroedinger bridge between the sets A and B: two drifts, of which `forward` carries samples of A to those of B and `backward` those of B to\n' +
    'those of A, along paths that are as near to a Brownian motion as both ends allow. `sample` draws with the folder of either; pictures of the paths are\n' +
    'in the folder of the bridge. Each direction of each round is a run, but of light, which has no network. Ctrl-C saves a checkpoint and ends; --resume goes on, in the round that was reached.\n' +
    'With --task and one set of images, learn the way back from what `restore` would measure of them; `restore` then takes the bridge for its RUN.',
  arguments: {
    a: argument('<A>', 'name or path of a data set, images or points'),
    b: optionalArgument('[B]', 'name or path of another, of the same shape; none with --task'),
  },
  options: {
    out: option('--out <FOLDER>', 'folder of the bridge (default: runs/A-to-B, with --task runs/A-T)', path),
    method: option('--method <M>', `${anyOf(names)} (default: ${names[0]}; i2sb with --task)`, nameAmong(names)),
    task: option(
      '--task <T>',
      `of i2sb in the place of B: what damages the images of A, anew each time that one is seen, as \`restore\` measures: ${anyOf(namesOf(restorations))} (default: none)`,
      nameAmong(namesOf(restorations)),
    ),
    ...damageOptions,
    epsilon: option(
      '--epsilon <E>',
      `variance that paths gain by their noise from end to end, in units of the scaled data (default: ${defaultEpsilon})`,
      positive,
    ),
    rounds: option(
      '--rounds <N>',
      `rounds of dsbm or dsb, each of both directions (default: ${String(bridges[0].rounds)}; of dsb ${String(bridges[1].rounds)})`,
      count,
    ),
    first: option(
      '--first <F>',
      `the first pairs: ${anyOf(firstPairs)}; ot exchanges independent ones so that they are near, reference adds noise to one end, which dsb begins with; i2sb takes rows, row by row (default: ${bridges[0].first[0]})`,
      nameAmong(firstPairs),
    ),
    components: option(
      '--components <K>',
      `Gaussians of light that a sample can end in (default: ${String(lightBridge.components)})`,
      count,
    ),
    chain: option('--chain <N>', 'steps of the paths of dsb, 2 to 1000 (default: 20)', count),
    pairs: option(
      '--pairs <N>',
      'pairs that each direction of a round of dsbm learns from (default: 20000 points, 2000 images; paths of dsb 5000 and 500)',
      count,
    ),
    from: option('--from <CLASS>', 'class of the samples of A, of emoji their group, such as faces (default: all)'),
    to: option('--to <CLASS>', 'class of the samples of B, of emoji their group, such as hearts (default: all)'),
    network: option('--network <N>', 'network of both directions (default: mlp for points, ddpmpp for images)'),
    steps: option(
      '--steps <K>',
      'steps of all rounds together (default: 2000 for each direction of a round, or of light)',
      count,
    ),
    batch: option('--batch <B>', 'samples of a step (default: 512 points, 32 images; light 128)', batch),
    seed: option('--seed <S>', `seed of everything random (default: ${defaultSeed})`, seed),
    resume: flag('--resume', 'go on with the bridge in --out, or begin it where there is none'),
    set: repeated(
      '--set <a.b=v>',
      'one key of the configuration of every round, such as train.learningRate=1e-4; repeatable (default: none)',
    ),
    ...{ size, limit, channels, layout },
    ...engineOptions,
    ...jsonOption,
  },
  run: async ({ a, b }, { set: settings = [], json, components, task, ...given }) => {
    const { mask, factor, blur, rate, acceleration, angles, noise, noiseModel, counts, ...options } = given;
    const said = { mask, factor, blur, rate, acceleration, angles, noise, noiseModel, counts };
    const alone = Object.entries(said).find(([, value]) => value !== undefined && task === undefined);
    checkOptions([alone === undefined, alone?.[0] ?? '', 'expected with --task, which says what damages the images']);
    const asked = { mask, factor, blur, rate, acceleration, angles, ...noiseOf(said) };
    const damage = task === undefined ? undefined : { task, ...asked };
    if (options.method === lightBridge.name) {
      checkOptions(
        [damage === undefined, 'task', `is of i2sb, which learns to undo a damage; got ${lightBridge.name}`],
        [b !== undefined, 'b', 'expected a second set, got none'],
      );
      if (b === undefined) return;
      const { fitBridge } = await import('../bridges/fit.ts');
      return fitBridge([a, b], { ...options, components, json, set: settings.length === 0 ? undefined : settings });
    }
    checkOptions([components === undefined, 'components', `is of --method ${lightBridge.name} alone`]);
    const { parseSettings } = await import('../../catalog/config/config-text.ts');
    const { bridgeRun } = await import('../../node/bridges/bridge-run.ts');
    const { drawPaths } = await import('../../node/bridges/path-pictures.ts');
    const { openShown } = await import('../shell/opening.ts');
    const { progressLine } = await import('../shell/progress.ts');
    const { showTraining } = await import('../shell/training.ts');
    const out = terminal({ json });
    const onPairs = ({ round, fraction }: { readonly round: number; readonly fraction: number }): void =>
      out.progress(progressLine(`pairs of round ${round}`, fraction, undefined));
    const outcome = await showTraining(out, (control) =>
      bridgeRun(a, b, { ...options, ...control, damage, onPairs, settings: parseSettings(settings), open: openShown }),
    );
    const { run, interrupted } = outcome;
    const pictures = interrupted ? [] : await drawPaths(run, { threads: options.threads, device: options.device });
    if (pictures.length > 0) out.line(`paths: ${pictures.join(', ')}`);
    out.line(
      interrupted
        ? `go on with the same command and --resume`
        : damage === undefined
          ? `carry samples with: ${shellCommand('scorefield', 'sample', `${run}/backward`)}`
          : `restore images with: ${shellCommand('scorefield', 'restore', run)}`,
    );
    out.result({ ...outcome, pictures });
    if (interrupted) process.exitCode = interruptedExitCode;
  },
});
