/** @file The formulas of the page in TeX. The build writes MathML in their place. */
const tex = String.raw;

/** Each by its name, as MathML. */
export const formulas = {
  score: tex`s(x,t)=\nabla\log p_t(x)`,
  forward: tex`\mathrm{d}x=f(t)\,x\,\mathrm{d}t+g(t)\,\mathrm{d}w`,
  reverse: tex`\mathrm{d}x=(f\,x-g^{2}s)\,\mathrm{d}t+g\,\mathrm{d}\bar w`,
  flow: tex`\mathrm{d}x=(f\,x-\tfrac12 g^{2}s)\,\mathrm{d}t`,
  loss: tex`\mathbb{E}\,\|z+\sigma(t)\,s_\theta(\alpha x_0+\sigma z,\,t)\|^{2}`,
  matching: tex`\mathbb{E}\,\tfrac12\|s_\theta(x)\|^{2}+\nabla\cdot s_\theta(x)`,
  measurement: tex`y=Ax+n`,
  posterior: tex`p(x\mid y)`,
  density: tex`\log p(x)=\log p_T(x_T)+\int_0^T\nabla\cdot\tilde f\,\mathrm{d}t`,
} as const;
