/** @file `scorefield/studio`: what the studio draws, for pages of one's own. */
export { fieldView, type FieldView, type FieldViewOptions } from './embed/field-view.ts';
export { defineScoreField, type ScoreField } from './embed/score-field.ts';
