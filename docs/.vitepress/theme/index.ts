/** @file The default theme, with a picture on the front page. */
import type { Theme } from 'vitepress';
import { h } from 'vue';
import DefaultTheme from 'vitepress/theme';
import clothes from '../../images/fashion-mnist.png';
import './style.css';

const alt = 'Samples of clothes drawn by a small U-Net';

const theme: Theme = {
  ...DefaultTheme,
  Layout: () =>
    h(DefaultTheme.Layout, null, {
      'home-hero-image': () => h('img', { class: 'VPImage image-src clothes', src: clothes, alt }),
    }),
};

export default theme;
