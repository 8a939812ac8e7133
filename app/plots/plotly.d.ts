/** The bundle of plotly.js with the cartesian traces alone ships no types; those of the whole are its own. */
declare module 'plotly.js-cartesian-dist-min' {
  export { default } from 'plotly.js-dist-min';
}
