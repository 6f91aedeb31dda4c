import { describe, expect, it } from 'vitest';
import { plans } from '../../scripts/restore-plans.ts';
import { restorationPage } from '../../scripts/restoration-page.ts';
import { restoreRow, restoreTable, summary, type Measured } from '../../scripts/restore-rows.ts';
import { buildTask, taskSettings } from '../../src/catalog/restorations/inverse-tasks.ts';
import { mostNumbers } from '../../src/catalog/restorations/task-operators.ts';
import { key } from '../../src/base/key.ts';
import { sizeOf } from '../../src/base/tensor.ts';

const quality = (psnr: number, ssim: number): { psnr: number; ssim: number; misfit: number; residual: number } => ({
  ...{ psnr, ssim, misfit: 0.1, residual: 2 },
});

describe('rows of restored images', () => {
  const perImage = [
    [quality(20, 0.5), quality(24, 0.7)],
    [quality(30, 0.9), quality(30, 0.9)],
  ];

  it('have means, and errors over images, whatever the number of samples of each', () => {
    const { psnr, ssim, residual, images } = restoreRow('samples', perImage);
    expect(images).toBe(2);
    // Means of the images 22 and 30: their standard deviation is 8 / sqrt(2), the error of their mean 4.
    expect(psnr.value).toBeCloseTo(26, 12);
    expect(psnr.standardError).toBeCloseTo(4, 12);
    expect(ssim!.value).toBeCloseTo(0.75, 12);
    expect(residual).toEqual({ value: 2, standardError: 0 });
  });

  it('leave out what was not measured', () => {
    const row = restoreRow('mean', [[{ psnr: 20, misfit: 0 }], [{ psnr: 22, misfit: 0 }]]);
    expect(row).not.toHaveProperty('ssim');
  });

  const measured: Measured = {
    ...{
      task: 'half',
      method: 'ddrm',
      steps: 20,
      noise: 0.05,
      n: 2,
      threads: 1,
      images: 2,
      seconds: 8,
      evaluations: 84,
    },
    perImage: {
      'zero filling': perImage.map((all) => all.slice(0, 1)),
      mean: perImage.map((all) => all.slice(1)),
      samples: perImage,
    },
  };

  it('contain the cost of a sample', () => {
    expect(summary(measured)).toMatchObject({ secondsPerSample: 2, evaluationsPerSample: 21, images: 2, n: 2 });
  });

  it('are a table of means and of single samples, with baselines once', () => {
    const lines = restoreTable([summary(measured), summary({ ...measured, method: 'pigdm' })]);
    expect(
      lines.slice(2).map((line) =>
        line
          .split('|')
          .slice(1, 4)
          .map((cell) => cell.trim()),
      ),
    ).toEqual([
      ['half', 'zero filling', '25.00 ± 5.00'],
      ['half', '`ddrm`, mean', '27.00 ± 3.00'],
      ['half', '`ddrm`, one sample', '26.00 ± 4.00'],
      ['half', '`pigdm`, mean', '27.00 ± 3.00'],
      ['half', '`pigdm`, one sample', '26.00 ± 4.00'],
    ]);
    expect(lines[4]).toMatch(/\| 0.750 ± 0.150 \| +2.00 ± 0.00 \| +21 \| +2.00 \|$/);
  });

  it('are shown with their pictures', () => {
    const about = { plan: 'clothes', title: 'Clothes', data: 'fashion-mnist', step: 7, net: 'score-net', sde: 'vp' };
    const page = restorationPage(
      [{ ...about, tasks: [summary(measured)] }],
      ['clothes-deblur.png', 'emoji-deblur.png'],
    );
    expect(page).toContain('2 images, 2 samples of each, by a score-net under the SDE vp after 7 steps of training');
    expect(page.match(/!\[.*\]\(.*\)/g)).toEqual([
      '![Clothes: deblurring, 1.5 pixels](images/restoration/clothes-deblur.png)',
    ]);
  });
});

describe('plans', () => {
  const shapes = { clothes: [1, 28, 28], emoji: [3, 32, 32], phantoms: [1, 64, 64] } as const;
  it.each(Object.entries(plans))('of %s are of tasks that there are', (name, { tasks }) => {
    expect(new Set(tasks.map((one) => one.name)).size).toBe(tasks.length);
    for (const { subject, noise } of tasks) {
      const { task, ...options } = subject;
      expect(taskSettings(task, options)).toMatchObject(options);
      expect(noise).toBeGreaterThan(0);
      const [channels, height, width] = shapes[name as keyof typeof shapes];
      // Random sums are factorized, at the cube of their number: these are of a quarter of the sides. All of a size have their limit.
      const shape = task === 'cs' ? [channels, height / 4, width / 4] : [channels, height, width];
      buildTask(task, shape, { ...options, key: key(1) });
      if (task === 'cs')
        expect(Number(options['rate']) * sizeOf([channels, height, width]) ** 2).toBeLessThan(mostNumbers);
    }
  });
});
