/** @file Modules of PyTorch give what the interpreter gives, for every network, and their parameters come back with all bits. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { epsilon } from '../../src/sde/learning/parametrization.ts';
import { evaluate } from '../../src/graph/evaluate.ts';
import { encodeSafetensors } from '../../src/io/safetensors.ts';
import { constantScope } from '../../src/nn/network.ts';
import { openModel } from '../../src/node.ts';
import { standaloneGraph } from '../../src/score/models/standalone.ts';
import { torchModule } from '../../src/score/models/torch-module.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { newFolder } from '../io/folders.ts';
import { oneAfterAnother, smallPoints } from '../cli/scorefield.ts';
import { feedsOf, others, unets } from '../nn/all.ts';

const cwd = newFolder();
const python = ['/usr/bin/python3', 'python3'].find((name) => spawnSync(name, ['-c', 'import torch']).status === 0);
const sde = vp();
const process_ = { sde, parametrization: epsilon()(sde) };

describe.skipIf(python === undefined)('a module of PyTorch, where that is installed', () => {
  it('gives the score, the estimate, alpha and sigma of the interpreter, for each network', () => {
    const t = [0.2, 0.7];
    const cases = [...unets, ...others].map(([label, net], i) => {
      const feeds = feedsOf(net, 2);
      const params = { trained: Float32Array.from(feeds.params), fixed: Float32Array.from(feeds.fixed) };
      const { python: code, tensors } = torchModule(net, { params, process: process_ }, label);
      const folder = join(cwd, `net${i}`);
      mkdirSync(folder);
      writeFileSync(join(folder, 'model.py'), code);
      writeFileSync(join(folder, 'weights.safetensors'), encodeSafetensors({ tensors, metadata: {} }));
      const outputs = standaloneGraph(
        net,
        { scopeOf: (owner) => constantScope(net, params, owner), process: process_ },
        2,
      );
      const values = evaluate(Object.values(outputs), { x: feeds.x, t, classes: feeds.classes });
      return {
        ...{ label, folder, x: Array.from(feeds.x), shape: [2, ...net.sampleShape], t },
        classes: net.classes === 0 ? null : Array.from(feeds.classes),
        expected: Object.fromEntries(Object.keys(outputs).map((name, j) => [name, Array.from(values[j]!)])),
      };
    });
    writeFileSync(join(cwd, 'cases.json'), JSON.stringify(cases));
    writeFileSync(join(cwd, 'check.py'), check);
    const out = execFileSync(python!, ['check.py'], { cwd, encoding: 'utf8' });
    const errors = JSON.parse(out) as Record<string, number>;
    expect(Object.keys(errors)).toHaveLength(cases.length);
    // float32 against float64, through up to a hundred operations; the worst seen is 6e-5, of a network with large outputs.
    for (const [label, error] of Object.entries(errors))
      expect({ label, ok: error < 5e-4 }).toEqual({ label, ok: true });
  });

  it('saves parameters that become a model again, with all bits, and whose names are checked', async () => {
    const calls = [
      ['train', 'two-moons', '--out', 'run', '--steps', '2', ...smallPoints, '--set', 'train.sampleEvery=0'],
      ['export', 'run', '--torch', 'torch'],
    ];
    for (const { code, err } of await oneAfterAnother(calls, { cwd }))
      expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    writeFileSync(join(cwd, 'torch/train.py'), trained);
    execFileSync(python!, ['train.py'], { cwd: join(cwd, 'torch') });
    const [back, again, wrong] = await oneAfterAnother(
      [
        ['import', 'torch', '--out', 'same'],
        ['import', 'torch/more.safetensors', '--out', 'more'],
        ['import', 'torch/wrong.safetensors', '--out', 'wrong'],
      ],
      { cwd },
    );
    expect([back!.code, again!.code]).toEqual([0, 0]);
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong!.err).toMatch(/^scorefield: .*wrong\.safetensors: expected a tensor \S+ \[.*\], found none\n$/);
    const draws = await Promise.all(
      ['run', 'same', 'more'].map(async (name) => {
        await using model = await openModel(join(cwd, name), { threads: 1 });
        return Array.from((await model.sample({ count: 3, nfe: 4 })).samples.x.data);
      }),
    );
    expect(draws[1]).toEqual(draws[0]);
    expect(draws[2]).not.toEqual(draws[0]);
    expect(readFileSync(join(cwd, 'torch/model.py'), 'utf8')).toContain('class Score(nn.Module)');
  });
});

const check = `
import importlib.util, json, torch
torch.set_num_threads(1)
errors = {}
for case in json.load(open("cases.json")):
    spec = importlib.util.spec_from_file_location("model", case["folder"] + "/model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    x = torch.tensor(case["x"]).reshape(case["shape"])
    more = [] if case["classes"] is None else [torch.tensor(case["classes"]).reshape(x.shape[0], -1)]
    with torch.no_grad():
        found = module.Score()(x, torch.tensor(case["t"]), *more)
    errors[case["label"]] = 0
    for name, values in case["expected"].items():
        expected = torch.tensor(values, dtype=torch.float64).reshape(found[name].shape)
        error = (found[name].double() - expected).abs().max() / expected.abs().max()
        errors[case["label"]] = max(errors[case["label"]], float(error))
print(json.dumps(errors))
`;

const trained = `
import torch
from model import Score, write
score = Score()
score.save("same.safetensors")
x, t, z = torch.randn(5, 2), torch.rand(5) * 0.9 + 0.05, torch.randn(5, 2)
optimizer = torch.optim.SGD(score.parameters(), 0.01)
out = score(x, t)
((out["sigma"][:, None] * out["score"] + z) ** 2).mean().backward()
assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in score.parameters())
optimizer.step()
score.save("more.safetensors")
tensors = score.state_dict()
tensors.pop(next(iter(dict(score.named_parameters()))))
write("wrong.safetensors", tensors, score.metadata)
`;
